"""The images that batches of one caller may deliver within a day.

How many they are is known when a batch is planned, minutes after it was accepted: its record names the
account that they are taken off then. What lies beyond the batch's limit counts with the batch of the rest.
"""

from __future__ import annotations

import math

from obstore.store import ObjectStore

from skybatch.batch import keys
from skybatch.batch.plan import Plan
from skybatch.batch.record import BatchRecord
from skybatch.batch.store import BatchStore
from skybatch.callers.accounts import Accounts
from skybatch.callers.networks import site_network
from skybatch.callers.reservation import reserve
from skybatch.callers.usage import Usage
from skybatch.settings import Settings


def image_account(objects: ObjectStore, caller: str) -> str:
    """Return the account of the images of whoever calls from an IP address; empty where none is known."""
    return Accounts(objects).key(f"images {site_network(caller)}") if caller else ""


def reserve_images(
    store: BatchStore, record: BatchRecord, plan: Plan, settings: Settings, now: float
) -> None:
    """Take the images to deliver off the caller's allowance, once for each batch.

    Raises
    ------
    TooMany
        So many are not left.
    Transient
        Too many others write the account at this moment.
    """
    delivered = plan.tasks[: plan.end_within_limit(0, 0)]
    images = sum(task.refusal is None for task in delivered)
    if not record.image_account or not images or store.exists(keys.PLAN):
        return
    allowance = Usage(
        seconds=math.inf, bytes=math.inf, images=settings.max_daily_images_from_caller, links=math.inf
    )
    accounts = Accounts(store.objects)
    reserve(accounts, record.image_account, Usage(images=images), allowance, now, "network address")
