"""The email at the end of a batch is sent once, and its fate is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from skybatch.batch import keys
from skybatch.batch.record import load_record, load_request, save_record
from skybatch.batch.status import read_status, record_failure
from skybatch.batch.store import BatchStore
from skybatch.callers.addresses import Addresses
from skybatch.notification.email import Message
from skybatch.notification.headers import REFERENCE_HEADER
from skybatch.notification.mailer import SesMailer
from skybatch.notification.notify import held_batches, notify, notify_confirmed
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
    SesMailer(ses, SENDER).send(ADDRESS, Message("Subject", "text", "<p>html</p>"))
    (message,) = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    assert message.destinations["ToAddresses"] == [ADDRESS]
    assert message.subject == "Subject"


def header_of(message: Message, name: str) -> str | None:
    """The header as SES is given it."""
    given = {each["Name"]: each["Value"] for each in message.to_ses()["Simple"]["Headers"]}
    return given.get(name)


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
    assert header_of(message, REFERENCE_HEADER) == batch_hash(BATCH_ID)


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


# Addresses that want no mail, or have not said so yet ---------------------------------------------------


def block_link(message: Message) -> str:
    (line,) = [line.strip() for line in message.text.splitlines() if "/addresses/" in line]
    assert line in message.html
    assert header_of(message, "List-Unsubscribe") == f"<{line}>"
    return line


def test_a_message_tells_why_it_came_and_how_to_have_no_more() -> None:
    store, mailer = failed_batch(email=ADDRESS), RecordingMailer()
    notify(store, mailer, NOW)
    ((_, message),) = mailer.sent
    addresses = Addresses(store.objects)
    word = block_link(message).rpartition("/")[2]
    assert addresses.link(word).mailbox == addresses.name(ADDRESS)
    assert BATCH_ID not in block_link(message)


def test_an_address_that_was_blocked_meanwhile_is_sent_nothing() -> None:
    store, mailer = failed_batch(email=ADDRESS), RecordingMailer()
    addresses = Addresses(store.objects)
    addresses.block(addresses.name("A+other@example.org"), NOW)
    assert notify(store, mailer, NOW) == "blocked"
    assert mailer.sent == []
    assert read_status(store, NOW).mail == "blocked"


def test_a_message_waits_until_its_address_is_confirmed_and_is_then_sent_once() -> None:
    store, mailer = failed_batch(email=ADDRESS), RecordingMailer()
    addresses = Addresses(store.objects)
    name = addresses.name(ADDRESS)
    assert notify(store, mailer, NOW, confirm=True) == "held"
    ((address, asked),) = mailer.sent
    assert address == ADDRESS
    assert BATCH_ID not in asked.text + asked.html  # the batch is not its reader's before
    assert read_status(store, NOW).mail == "held"
    addresses.confirm(name, NOW)
    (held,) = held_batches(addresses, name)
    assert [notify_confirmed(held, mailer, NOW) for _ in range(2)] == ["sent", "before"]
    assert len(mailer.sent) == 2
    assert f"/batches/{BATCH_ID}/results" in mailer.sent[-1][1].text
    assert notify(store, mailer, NOW, confirm=True) == "before"


def test_an_address_is_asked_once_for_many_batches_and_never_when_confirmed() -> None:
    store, mailer = failed_batch(email=ADDRESS), RecordingMailer()
    addresses = Addresses(store.objects)
    addresses.is_to_be_asked(addresses.name(ADDRESS), NOW)
    assert notify(store, mailer, NOW + 60, confirm=True) == "held"
    assert mailer.sent == []
    other = failed_batch(email=ADDRESS)
    Addresses(other.objects).confirm(Addresses(other.objects).name(ADDRESS), NOW)
    assert notify(other, mailer, NOW, confirm=True) == "sent"


def test_an_address_that_cannot_be_asked_is_a_failure_and_asked_by_the_next_batch() -> None:
    store = failed_batch(email=ADDRESS)
    assert notify(store, RecordingMailer(RuntimeError()), NOW, confirm=True) == "failed"
    addresses = Addresses(store.objects)
    assert addresses.is_to_be_asked(addresses.name(ADDRESS), NOW + 1)


def test_the_next_part_of_a_chain_is_in_the_thread_of_the_first() -> None:
    first, mailer = failed_batch(email=ADDRESS), RecordingMailer()
    notify(first, mailer, NOW)
    record = load_record(first)
    second = BatchStore(first.objects, "2" * 32)
    third = BatchStore(first.objects, "3" * 32)
    for store, before in ((second, first), (third, second)):
        save_record(
            store, replace(record, batch_id=store.batch_id, previous=before.batch_id), load_request(first)
        )
        record_failure(store, "x", NOW)
        notify(store, mailer, NOW)
    threads = [header_of(message, "References") for _, message in mailer.sent]
    assert len(threads) == 3
    assert len(set(threads)) == 1
    answers = [header_of(message, "In-Reply-To") for _, message in mailer.sent]
    assert answers == [None, threads[0], threads[0]]
    assert BATCH_ID not in str(threads)
