"""The email at the end of a batch: sent once, whatever runs twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from skybatch.batch import keys
from skybatch.batch.record import BatchRecord, load_record
from skybatch.batch.status import read_status
from skybatch.batch.store import BatchStore
from skybatch.batch.submission import quotas
from skybatch.notification.email import Message, completed_message, failed_message
from skybatch.redaction import batch_hash
from skybatch.status import BatchState

# What SES says of one address, not of the account (API v2, SendEmail): it is malformed, or, where the account
# is in the sandbox, not verified.
MALFORMED, REJECTED = "BadRequestException", "MessageRejected"


class AddressRefused(Exception):
    """Mail to this address cannot be sent; to others it can."""


class Mailer(Protocol):
    """Sends one message to one address; raises AddressRefused, or whatever else went wrong."""

    def send(self, address: str, message: Message) -> None:
        """Send, or raise."""


class SesMailer:
    """Mail through SES (a boto3 ``sesv2`` client), from the deployment's own address."""

    def __init__(self, ses: Any, sender: str) -> None:
        self.ses = ses
        self.sender = sender

    def send(self, address: str, message: Message) -> None:
        """Send, or raise AddressRefused or what else boto3 raises."""
        try:
            self.ses.send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [address]},
                Content=message.to_ses(),
            )
        except self.ses.exceptions.ClientError as error:
            if _is_about(error.response.get("Error", {}), address, self.sender):
                raise AddressRefused(error.response["Error"]["Code"]) from None
            raise


def _is_about(error: Mapping[str, Any], address: str, sender: str) -> bool:
    """Whether an error of SES is about the address of one message, and not about ours or the account."""
    text = str(error.get("Message", ""))
    named = address in text and sender not in text
    return error.get("Code") == MALFORMED or (error.get("Code") == REJECTED and named)


def notify(store: BatchStore, mailer: Mailer | None, now: float) -> str:
    """Mail the end of a batch to its address, at most once.

    Returns what became of it: ``sent``, ``failed``, ``refused`` (the fault is the address's; ``mail.json``
    has it as ``failed`` too), ``none`` (no address, or a deployment that sends no mail), or ``before`` where
    another run had taken it on. A batch whose mail fails is complete all the same.
    """
    record = load_record(store)
    state = _mail(store, record, mailer, now)
    quotas.release(store.objects, record.quota_markers)
    return state


def _mail(store: BatchStore, record: BatchRecord, mailer: Mailer | None, now: float) -> str:
    if record.email is None or mailer is None:
        return "none"
    if not store.create_json(keys.MAIL, {"state": "sending", "at": now}):
        return "before"
    status = read_status(store, now)
    make = failed_message if status.state == BatchState.FAILED else completed_message
    try:
        message = make(status, record.url("results"))
        mailer.send(record.email, replace(message, reference=batch_hash(record.batch_id)))
    except Exception as error:  # noqa: BLE001 - whatever the mail service raises, the batch stands
        store.write_json(keys.MAIL, {"state": "failed", "at": now, "error": type(error).__name__})
        return "refused" if isinstance(error, AddressRefused) else "failed"
    store.write_json(keys.MAIL, {"state": "sent", "at": now})
    return "sent"
