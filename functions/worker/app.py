"""The worker: one SQS message is one stored image and what is wanted from it."""

from __future__ import annotations

import json
import time
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.batch.execution.cancellation import CANCELLATION_CHECK_SECONDS, CancellationCheck
from skybatch.batch.execution.redelivery import return_message
from skybatch.batch.execution.worker import ImageArchive, process_message
from skybatch.batch.message import Message
from skybatch.batch.store import BatchStore
from skybatch.settings import settings
from skybatch.storage.clients import client
from skybatch.storage.s3 import open_bucket
from skybatch.telemetry import bind_batch, instrumented, logger

# A message that fails is left to the queue to bring again; the function itself never falls over, because
# that would cost its warm process.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
cancellation = CancellationCheck(CANCELLATION_CHECK_SECONDS)


def deliver(record: SQSRecord) -> None:
    """Process one record; a delivery after the first skips the files that are there already."""
    body = json.loads(record.body)
    again = body["again"] or int(record.attributes.approximate_receive_count or 1) > 1
    message = Message.from_json({**body, "again": again})
    bind_batch(message.batch_id)
    try:
        _work(message)
    except Exception:
        # The processor logs no exceptions.
        logger.exception("message failed", source=message.source)
        _return(record)
        raise


def _work(message: Message) -> None:
    """Process the message and log it."""
    started = time.perf_counter()
    here = settings()
    archive = ImageArchive(
        objects=open_bucket(here.archive_bucket, here.archive_prefix),
        bucket=here.archive_bucket,
        prefix=here.archive_prefix,
        results_bucket=here.results_bucket,
        s3=lambda: client("s3"),
    )
    store = BatchStore(open_bucket(here.results_bucket), message.batch_id)
    process_message(message, archive, store, cancellation)
    spent = round(1000 * (time.perf_counter() - started))
    logger.info("message done", source=message.source, files=len(message.tasks), milliseconds=spent)


def _return(record: SQSRecord) -> None:
    """Have the failed message come back soon; where SQS refuses, after the queue's visibility timeout."""
    try:
        deliveries = int(record.attributes.approximate_receive_count or 1)
        return_message(client("sqs"), settings().queue_url, record.receipt_handle, deliveries)
    except Exception:  # noqa: BLE001 - whatever it is, the message comes back in the end
        logger.exception("the message comes back late")


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer with the messages that the queue is to deliver again."""
    return dict(
        process_partial_response(event=event, record_handler=deliver, processor=processor, context=context)
    )
