"""The email at the end of a batch: sent once, whatever runs twice, to an address that wants it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from skybatch.batch import keys
from skybatch.batch.record import BatchRecord, load_record
from skybatch.batch.status import read_status
from skybatch.batch.store import BatchStore
from skybatch.batch.submission import quotas
from skybatch.callers.addresses import Addresses
from skybatch.errors import NotFound
from skybatch.notification.email import Message, completed_message, confirmation_message, failed_message
from skybatch.notification.headers import reference_headers, thread_headers, unsubscribe_headers
from skybatch.notification.mailer import AddressRefused, Mailer
from skybatch.redaction import batch_hash
from skybatch.status import BatchState

# The tag by which what becomes of a message finds its batch again.
BATCH_TAG = "batch"


def notify(store: BatchStore, mailer: Mailer | None, now: float, *, confirm: bool = False) -> str:
    """Mail the end of a batch to its address, at most once.

    Returns what became of it: ``sent``, ``failed``, ``refused`` (the fault is the address's; ``mail.json``
    has it as ``failed`` too), ``blocked`` (the address wants no mail), ``held`` (``confirm`` is set, and the
    address has not confirmed yet), ``none`` (no address, or a deployment that sends no mail), or ``before``
    where another run had taken it on. A batch whose mail fails is complete all the same.
    """
    record = load_record(store)
    state = _mail(store, record, mailer, now, confirm=confirm)
    quotas.release(store.objects, record.quota_markers)
    return state


def notify_confirmed(store: BatchStore, mailer: Mailer, now: float) -> str:
    """Send the message of a batch that was held until its address was confirmed; as `notify`, once."""
    held, tag = store.read_json_and_tag(keys.MAIL)
    if held is None or held["state"] != "held":
        return "before"
    if not store.replace_json(keys.MAIL, {**held, "state": "sending", "at": now}, tag):
        return "before"
    record = load_record(store)
    return _sent(store, record, mailer, now, held["thread"]) if record.email else "none"


def held_batches(addresses: Addresses, name: str) -> Iterator[BatchStore]:
    """Yield the batches whose messages wait for a mailbox, but for those that have expired."""
    for batch_id in addresses.held(name):
        store = BatchStore(addresses.objects, batch_id)
        if store.exists(keys.RECORD):
            yield store


def _mail(store: BatchStore, record: BatchRecord, mailer: Mailer | None, now: float, *, confirm: bool) -> str:
    if record.email is None or mailer is None:
        return "none"
    thread = _thread(store, record)
    if not store.create_json(keys.MAIL, {"state": "sending", "at": now, "thread": thread}):
        return "before"
    addresses = Addresses(store.objects)
    name = addresses.name(record.email)
    if addresses.is_blocked(name):
        return _settled(store, "blocked", now, thread)
    if confirm and not addresses.is_confirmed(name):
        addresses.hold(name, record.batch_id)
        state = _settled(store, "held", now, thread)
        return _ask(record, mailer, addresses, now) or state
    return _sent(store, record, mailer, now, thread)


def _sent(store: BatchStore, record: BatchRecord, mailer: Mailer, now: float, thread: str) -> str:
    """Send the message and write down what became of it."""
    try:
        mailer.send(str(record.email), _message(store, record, now, thread))
    except Exception as error:  # noqa: BLE001 - whatever the mail service raises, the batch stands
        _settled(store, "failed", now, thread, error=type(error).__name__)
        return "refused" if isinstance(error, AddressRefused) else "failed"
    return _settled(store, "sent", now, thread)


def _message(store: BatchStore, record: BatchRecord, now: float, thread: str) -> Message:
    status = read_status(store, now)
    make = failed_message if status.state == BatchState.FAILED else completed_message
    link = _link(Addresses(store.objects), record)
    headers = {
        **reference_headers(batch_hash(record.batch_id)),
        **thread_headers(thread, record.base_url, follows=record.previous is not None),
        **unsubscribe_headers(link),
    }
    message = make(status, record.url("results"), link)
    return replace(message, headers=headers, tags={BATCH_TAG: record.batch_id})


def _ask(record: BatchRecord, mailer: Mailer, addresses: Addresses, now: float) -> str:
    """Ask a mailbox, at most once a day, whether it wants mail; empty, or why it could not be asked."""
    name = addresses.name(str(record.email))
    if not addresses.is_to_be_asked(name, now):
        return ""
    try:
        mailer.send(str(record.email), confirmation_message(record.base_url, _link(addresses, record)))
    except Exception as error:  # noqa: BLE001 - as for the message itself
        addresses.ask_again(name, now)
        return "refused" if isinstance(error, AddressRefused) else "failed"
    return ""


def _link(addresses: Addresses, record: BatchRecord) -> str:
    """Return the address of the page by which the owner of a mailbox says what mail is wanted."""
    return f"{record.base_url}/addresses/{addresses.make_link(str(record.email))}"


def _thread(store: BatchStore, record: BatchRecord) -> str:
    """Return the name of the chain that a batch belongs to: that of the batch it continues, else its own."""
    if record.previous is None:
        return batch_hash(record.batch_id)
    try:
        before = BatchStore(store.objects, record.previous).read_json(keys.MAIL) or {}
    except NotFound:
        before = {}
    return str(before.get("thread") or batch_hash(record.previous))


def _settled(store: BatchStore, state: str, now: float, thread: str, **more: Any) -> str:
    """Write down what became of a message, unless it came back meanwhile (`returned.record_returned`)."""
    before, tag = store.read_json_and_tag(keys.MAIL)
    if before is not None and before["state"] == "sending":
        store.replace_json(keys.MAIL, {"state": state, "at": now, "thread": thread, **more}, tag)
    return state
