"""What becomes of a message after SES took it: it bounces, or somebody complains of it.

SES says so to EventBridge, by the deployment's configuration set (SES guide, "Event data").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from obstore.store import ObjectStore

from skybatch.batch import keys
from skybatch.batch.record import load_record
from skybatch.batch.store import BatchStore
from skybatch.callers.addresses import Addresses
from skybatch.errors import NotFound
from skybatch.notification.notify import BATCH_TAG

SOURCE = "aws.ses"
# Type of SES's event -> state of the mail; others change nothing.
STATES = {"Bounce": "bounced", "Complaint": "complained", "Reject": "failed"}


def record_returned(objects: ObjectStore, detail: Mapping[str, Any], now: float) -> str:
    """Write down that a batch's message came back; who complained of one is sent no more.

    Returns the new state of the mail, ``none`` where the event is of no batch here or changes nothing.
    """
    state = STATES.get(str(detail.get("eventType")), "")
    store = _batch(objects, detail)
    if store is None or not state:
        return "none"
    mail = store.read_json(keys.MAIL) or {}
    store.write_json(keys.MAIL, {**mail, "state": state, "at": now, "error": _reason(detail)})
    email = load_record(store).email
    if state == "complained" and email:
        addresses = Addresses(objects)
        addresses.block(addresses.name(email), now)
    return state


def batch_of(detail: Mapping[str, Any]) -> str:
    """Return the id of the batch that an event is about, empty where it names none."""
    tagged = detail.get("mail", {}).get("tags", {}).get(BATCH_TAG) or [""]
    return str(tagged[0])


def _batch(objects: ObjectStore, detail: Mapping[str, Any]) -> BatchStore | None:
    try:
        store = BatchStore(objects, batch_of(detail))
    except NotFound:
        return None
    return store if store.exists(keys.RECORD) else None


def _reason(detail: Mapping[str, Any]) -> str:
    """Return SES's words for the kind of bounce or complaint; never an address."""
    bounce, complaint = detail.get("bounce", {}), detail.get("complaint", {})
    words = (bounce.get("bounceType"), bounce.get("bounceSubType"), complaint.get("complaintFeedbackType"))
    return " ".join(str(word) for word in words if word)
