"""A message that came back is told on the batch's page; who complained is sent no more."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.batch import keys
from skybatch.batch.status import read_status
from skybatch.callers.addresses import Addresses
from skybatch.notification.returned import record_returned
from tests.support.batches.batch_fakes import BATCH_ID
from tests.support.batches.ended_batches import failed_batch

ADDRESS = "a@example.org"
NOW = 1200.0


def event(kind: str, batch: str = BATCH_ID, **more: Any) -> dict[str, Any]:
    """As SES tells EventBridge."""
    tags = {"ses:configuration-set": ["sky-mail"], "batch": [batch]} if batch else {}
    recipients = [{"emailAddress": ADDRESS, "status": "5.1.1", "diagnosticCode": f"smtp; 550 {ADDRESS}"}]
    bounce = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": recipients}
    return {"eventType": kind, "mail": {"messageId": "x", "tags": tags}, "bounce": bounce, **more}


@pytest.mark.parametrize(
    ("kind", "state", "blocked"),
    [("Bounce", "bounced", False), ("Complaint", "complained", True), ("Reject", "failed", False)],
)
def test_the_page_tells_what_became_of_the_mail(kind: str, state: str, blocked: bool) -> None:
    store = failed_batch(email=ADDRESS)
    before = read_status(store, NOW)
    store.write_json(keys.MAIL, {"state": "sent", "at": NOW, "thread": "t"})
    assert record_returned(store.objects, event(kind), NOW) == state
    after = read_status(store, NOW)
    assert (after.mail, len(after.notices)) == (state, len(before.notices) + 1)
    kept = store.read_json(keys.MAIL) or {}
    assert (kept["thread"], ADDRESS in str(kept)) == ("t", False)
    addresses = Addresses(store.objects)
    assert addresses.is_blocked(addresses.name(ADDRESS)) is blocked


@pytest.mark.parametrize(
    "detail",
    [
        event("Delivery"),
        event("Bounce", "f" * 32),
        event("Bounce", ""),
        event("Bounce", "../x"),
        {},
        {"mail": {}},
    ],
    ids=["delivered", "of another", "of none", "of a path", "nothing", "no tags"],
)
def test_other_events_change_nothing(detail: dict[str, Any]) -> None:
    store = failed_batch(email=ADDRESS)
    store.write_json(keys.MAIL, {"state": "sent", "at": NOW})
    assert record_returned(store.objects, detail, NOW) == "none"
    assert read_status(store, NOW).mail == "sent"
