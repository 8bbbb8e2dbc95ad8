"""The worker: one SQS message is one bundle, or what is wanted of one of its stored images."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.batch.execution.cancellation import CANCELLATION_CHECK_SECONDS, CancellationCheck
from skybatch.batch.execution.redelivery import return_message
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.execution.worker import Worker
from skybatch.batch.message import Message
from skybatch.batch.store import BatchStore
from skybatch.errors import SourceForbidden
from skybatch.settings import settings
from skybatch.storage.clients import client
from skybatch.storage.multipart_upload import create_large
from skybatch.storage.s3 import open_archive, open_bucket
from skybatch.telemetry import bind_batch, instrumented, logger, record_metrics

# A message that fails is left to the queue to bring again; the function itself never falls over, because
# that would cost its warm process.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
FORBIDDEN = "ForbiddenImages"


def deliver(record: SQSRecord, lambda_context: LambdaContext) -> None:
    """Process one record."""
    message = Message.from_json(json.loads(record.body))
    bind_batch(message.batch_id)
    try:
        left = lambda_context.get_remaining_time_in_millis() / 1000
        _work(message, int(record.attributes.approximate_receive_count or 1), left)
    except Exception as error:
        if isinstance(error, SourceForbidden):
            record_metrics({FORBIDDEN: 1})
        # The processor logs no exceptions.
        logger.exception("message failed", stretch=message.stretch, at=message.at, source=message.source)
        _return(record)
        raise


def _work(message: Message, deliveries: int, seconds_left: float) -> None:
    """Process the message and log it."""
    started = time.perf_counter()
    store = BatchStore(open_bucket(settings().results_bucket), message.batch_id)
    done = worker().process(message, store, deliveries, seconds_left)
    if done.forbidden:
        record_metrics({FORBIDDEN: done.forbidden})
    spent = round(1000 * (time.perf_counter() - started))
    logger.info("message done", **asdict(done), milliseconds=spent)


@cache
def worker() -> Worker:
    """Return the worker of this deployment."""
    here = settings()
    return Worker(
        archive=open_archive(here),
        # Made only where a bundle is sent back: boto3 takes 50 ms of a cold start.
        queue=TaskQueue(lambda: client("sqs"), here.queue_url),
        create_large=lambda key, pieces: create_large(client("s3"), here.results_bucket, key, pieces),
        cancellation=CancellationCheck(CANCELLATION_CHECK_SECONDS),
        seconds=here.worker_timeout,
    )


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
