"""The notifier's mail has the words of the batch's survey, which the notifier may not have met before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import pytest
from obstore.store import MemoryStore

from skybatch.inventory.held_surveys import add_held
from skybatch.notification.email import Message
from skybatch.settings import Settings
from skybatch.storage.bucket_tree import BucketTree
from skybatch.surveys.known import forget
from tests.support.batches import batch_samples
from tests.support.batches.batch_fakes import BATCH_ID
from tests.support.batches.ended_batches import ENDED, failed_batch
from tests.support.batches.functions import load_function
from tests.support.servers.http import CONTEXT
from tests.support.survey.descriptions import PLAIN, known_survey, plain_survey

MAIL_FROM = "sky@example.org"


class RecordingMailer:
    """Stands for SES."""

    sent: list[Message]

    def __init__(self) -> None:
        type(self).sent = []

    @classmethod
    def from_settings(cls, *_: object) -> RecordingMailer:
        return cls()

    def send(self, address: str, message: Message) -> None:
        self.sent.append(message)


@pytest.fixture
def notifier(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The function of a deployment whose archive holds a survey that is not packaged."""
    request = replace(batch_samples.positions_request(3), dataset="radio", bands=("l",))
    results, archive = failed_batch(request, email="a@example.org").objects, MemoryStore()
    with known_survey(plain_survey()):
        add_held(BucketTree(archive), "radio", PLAIN)
    module = load_function("notifier")
    here = replace(Settings(), results_bucket="results", archive_bucket="archive", mail_from=MAIL_FROM)
    monkeypatch.setattr(module, "settings", lambda: here)
    monkeypatch.setattr(module, "open_bucket", lambda bucket: results)
    monkeypatch.setattr(module, "open_archive", lambda settings: archive)
    monkeypatch.setattr(module, "client", lambda _: None)
    monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: ENDED))
    monkeypatch.setattr(module, "SesMailer", RecordingMailer)
    yield module
    forget(plain_survey())


def test_a_survey_that_is_not_packaged_is_named_in_the_mail(notifier: ModuleType) -> None:
    assert notifier.handler({"batch_id": BATCH_ID}, CONTEXT)["mail"] == "sent"
    (message,) = RecordingMailer.sent
    assert "L Map images" in message.text
    assert "Radio Images" in message.text
