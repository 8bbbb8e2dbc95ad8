"""The notifier: one email at the end of a batch, and what becomes of it; executions that ended badly."""

from __future__ import annotations

import json
import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.batch.status import record_failure
from skybatch.batch.store import BATCH_ID, BatchStore
from skybatch.callers.addresses import Addresses
from skybatch.inventory.held_surveys import loader
from skybatch.notification import returned
from skybatch.notification.mailer import SesMailer
from skybatch.notification.notify import held_batches, notify, notify_confirmed
from skybatch.settings import settings
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.clients import client
from skybatch.storage.s3 import open_archive, open_bucket
from skybatch.surveys.known import learn_from
from skybatch.telemetry import bind_batch, instrumented, logger, record_metrics

# The alarm is for what keeps all mail from going out; an address that takes none is its owner's matter.
METRICS = {
    "MailsSent": "sent",
    "MailsFailed": "failed",
    "MailsRefused": "refused",
    "MailsBlocked": "blocked",
    "MailsHeld": "held",
}
RETURNED_METRICS = {"MailsBounced": "bounced", "MailsComplained": "complained"}


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Mail the end of a batch.

    The state machine calls with ``batch_id``; the portal with ``confirmed``, a mailbox whose messages waited;
    EventBridge when an execution ended badly, and when SES tells that a message came back.
    """
    if event.get("source") == returned.SOURCE:
        return _returned(event["detail"])
    archive = open_archive(settings())
    learn_from(loader(BucketTree(archive)))  # read only where a mail is of a survey that is not packaged
    if "confirmed" in event:
        return _confirmed(event["confirmed"])
    return _ended(event)


def _ended(event: dict[str, Any]) -> dict[str, Any]:
    """Mail the end of one batch."""
    ended = event.get("detail")
    batch_id = (json.loads(ended["input"]) if ended else event)["batch_id"]
    bind_batch(batch_id)
    store = BatchStore(open_bucket(settings().results_bucket), batch_id)
    if ended:  # for what no catcher in the state machine saw; where one did, this changes nothing
        logger.error("execution ended badly", status=ended["status"])
        record_failure(store, f"the batch's execution ended as {ended['status']}", time.time())
    mailer = _mailer() if settings().mail_from else None
    mail = notify(store, mailer, time.time(), confirm=settings().confirm_addresses == "true")
    _tell(mail)
    return {"batch_id": batch_id, "mail": mail}


def _confirmed(mailbox: str) -> dict[str, Any]:
    """Send the messages that waited for a mailbox to be confirmed."""
    sent = []
    addresses = Addresses(open_bucket(settings().results_bucket))
    for store in held_batches(addresses, mailbox):
        bind_batch(store.batch_id)
        sent.append(notify_confirmed(store, _mailer(), time.time()))
        _tell(sent[-1])
    return {"mails": sent}


def _returned(detail: dict[str, Any]) -> dict[str, Any]:
    """Write down that a message came back."""
    if BATCH_ID.fullmatch(batch_id := returned.batch_of(detail)):
        bind_batch(batch_id)
    mail = returned.record_returned(open_bucket(settings().results_bucket), detail, time.time())
    logger.info("mail came back", mail=mail)
    record_metrics({name: mail == state for name, state in RETURNED_METRICS.items()})
    return {"mail": mail}


def _mailer() -> SesMailer:
    return SesMailer.from_settings(client("sesv2"), settings())


def _tell(mail: str) -> None:
    logger.info("notified", mail=mail)
    record_metrics({name: mail == state for name, state in METRICS.items()})
