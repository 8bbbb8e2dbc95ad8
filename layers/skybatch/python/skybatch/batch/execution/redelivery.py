"""When a message whose processing failed comes back: soon, then later and later."""

from __future__ import annotations

from typing import Any

# Seconds until the second, third, ... delivery. Most of what fails passes within seconds; the queue gives up
# after five deliveries, and a store that is away for two minutes must not use them all up.
DELAYS = (2, 8, 32, 120)


def return_message(sqs: Any, queue_url: str, receipt_handle: str, deliveries: int) -> int:
    """Have SQS deliver a message again after a short time, instead of the queue's visibility timeout.

    That is six times what the worker may take, so that no message is worked on twice; this one is worked on
    no more.

    Parameters
    ----------
    sqs
        A boto3 client of SQS.
    queue_url, receipt_handle
        The queue, and the delivery that failed.
    deliveries
        How often the message was delivered, this one included.

    Returns
    -------
    int
        Seconds until the next delivery.
    """
    seconds = DELAYS[min(max(deliveries, 1), len(DELAYS)) - 1]
    sqs.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds)
    return seconds
