"""The notifier: one email at the end of a batch, and the failure of executions that ended badly."""

from __future__ import annotations

import json
import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.batch.status import record_failure
from skybatch.batch.store import BatchStore
from skybatch.inventory.held_surveys import loader
from skybatch.notification.notify import SesMailer, notify
from skybatch.settings import settings
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.clients import client
from skybatch.storage.s3 import open_bucket
from skybatch.surveys.known import learn_from
from skybatch.telemetry import bind_batch, instrumented, logger, record_metrics

# The alarm is for what keeps all mail from going out; an address that takes none is its owner's matter.
METRICS = {"MailsSent": "sent", "MailsFailed": "failed", "MailsRefused": "refused"}


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Mail the end of a batch.

    The state machine calls with ``batch_id``, EventBridge when an execution ended badly.
    """
    here = settings()
    ended = event.get("detail")
    batch_id = (json.loads(ended["input"]) if ended else event)["batch_id"]
    bind_batch(batch_id)
    store = BatchStore(open_bucket(here.results_bucket), batch_id)
    if ended:  # for what no catcher in the state machine saw; where one did, this changes nothing
        logger.error("execution ended badly", status=ended["status"])
        record_failure(store, f"the batch's execution ended as {ended['status']}", time.time())
    archive = open_bucket(here.archive_bucket, here.archive_prefix)
    learn_from(loader(BucketTree(archive)))  # read only where a mail is of a survey that is not packaged
    mailer = SesMailer(client("sesv2"), here.mail_from) if here.mail_from else None
    mail = notify(store, mailer, time.time())
    logger.info("notified", mail=mail)
    record_metrics({name: mail == state for name, state in METRICS.items()})
    return {"batch_id": batch_id, "mail": mail}
