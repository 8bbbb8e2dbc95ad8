"""The messages to the workers: short, whatever they are for."""

from __future__ import annotations

import json

import pytest

from skybatch.batch.message import Message
from tests.support.batches.batch_fakes import BATCH_ID

BUNDLE = Message(BATCH_ID, stretch=99_000, at=45_000_000, length=2_000_000)


@pytest.mark.parametrize("message", [BUNDLE, BUNDLE.of_source(7, attempt=2)])
def test_a_message_survives_the_queue(message: Message) -> None:
    body = json.dumps(message.to_json())
    assert Message.from_json(json.loads(body)) == message
    assert len(body) < 250


def test_one_for_a_stored_image_alone_may_find_its_object_there() -> None:
    message = BUNDLE.of_source(7, attempt=2)
    assert (message.source, message.attempt, message.again) == (7, 2, True)
    assert (message.stretch, message.at, message.length) == (BUNDLE.stretch, BUNDLE.at, BUNDLE.length)
