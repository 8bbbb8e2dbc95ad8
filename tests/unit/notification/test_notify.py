"""The email at the end of a batch is sent once, and its fate is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from skybatch.batch import keys
from skybatch.batch.status import read_status
from skybatch.notification.email import REFERENCE_HEADER, Message
from skybatch.notification.notify import SesMailer, notify
from skybatch.redaction import batch_hash
from tests.support.batches.batch_fakes import BATCH_ID
from tests.support.batches.ended_batches import failed_batch

ADDRESS, SENDER = "a@example.org", "sky@example.org"
NOW = 1200.0


class RecordingMailer:
    """Keeps what it is given; ``error`` is raised instead where there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.error = error

    def send(self, address: str, message: Message) -> None:
        if self.error:
            raise self.error
        self.sent.append((address, message))


@pytest.fixture
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


@pytest.mark.usefixtures("_aws")
def test_ses_takes_the_message_and_its_address() -> None:
    ses = boto3.client("sesv2")
    ses.create_email_identity(EmailIdentity=SENDER)
    SesMailer(ses, SENDER).send(ADDRESS, Message("Subject", "text", "<p>html</p>", "0123"))
    (message,) = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    assert message.destinations["ToAddresses"] == [ADDRESS]
    assert message.subject == "Subject"


def test_the_end_of_a_batch_is_mailed_once_to_its_address() -> None:
    store, mailer = failed_batch(email=ADDRESS), RecordingMailer()
    assert [notify(store, mailer, NOW) for _ in range(3)] == ["sent", "before", "before"]
    ((address, message),) = mailer.sent
    assert address == ADDRESS
    assert f"https://sky.example/batches/{BATCH_ID}/results" in message.text
    assert read_status(store, NOW).mail == "sent"


def test_the_operators_know_the_batch_by_its_hash_alone() -> None:
    mailer = RecordingMailer()
    notify(failed_batch(email=ADDRESS), mailer, NOW)
    ((_, message),) = mailer.sent
    (header,) = message.to_ses()["Simple"]["Headers"]
    assert header == {"Name": REFERENCE_HEADER, "Value": batch_hash(BATCH_ID)}


def test_a_mail_that_fails_leaves_the_batch_ended_and_is_noticed() -> None:
    store = failed_batch(email=ADDRESS)
    before = read_status(store, NOW)
    assert notify(store, RecordingMailer(RuntimeError(f"no such mailbox: {ADDRESS}")), NOW) == "failed"
    status = read_status(store, NOW)
    assert (status.state, status.mail) == (before.state, "failed")
    assert len(status.notices) == len(before.notices) + 1
    assert ADDRESS not in str(store.read_json(keys.MAIL))


def ses_error(code: str, text: str) -> Exception:
    error: Exception = ClientError({"Error": {"Code": code, "Message": text}}, "SendEmail")
    return error


class RefusingSes:
    """SES that answers every message with one error."""

    exceptions = boto3.client("sesv2", region_name="us-east-1").exceptions

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send_email(self, **_: Any) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("code", "text", "state"),
    [
        ("BadRequestException", "Local address contains control or whitespace", "refused"),
        ("MessageRejected", f"Email address is not verified. These failed: {ADDRESS}", "refused"),
        ("MessageRejected", f"Email address is not verified. These failed: {SENDER}, {ADDRESS}", "failed"),
        ("MessageRejected", "Email address is not verified.", "failed"),
        ("SendingPausedException", "paused", "failed"),
        ("TooManyRequestsException", "Daily message quota exceeded.", "failed"),
    ],
)
def test_only_what_keeps_all_mail_from_going_out_is_a_failure(code: str, text: str, state: str) -> None:
    store = failed_batch(email=ADDRESS)
    assert notify(store, SesMailer(RefusingSes(ses_error(code, text)), SENDER), NOW) == state
    assert read_status(store, NOW).mail == "failed"
    assert ADDRESS not in str(store.read_json(keys.MAIL))


@pytest.mark.parametrize(("email", "mailer"), [(None, RecordingMailer()), (ADDRESS, None)])
def test_without_an_address_or_a_mailer_nothing_is_sent(
    email: str | None, mailer: RecordingMailer | None
) -> None:
    store = failed_batch(email=email)
    assert notify(store, mailer, NOW) == "none"
    assert store.read_json(keys.MAIL) is None
    assert not (mailer and mailer.sent)
