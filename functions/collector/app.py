"""The collector: tallies, packages, and records failures, as the state machine asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.batch.delivery.single_images import bundle_key
from skybatch.batch.results.metrics import batch_metrics
from skybatch.batch.store import BatchStore
from skybatch.bundles.s3_assembler import S3Assembler
from skybatch.inventory.cache import open_inventories
from skybatch.settings import settings
from skybatch.storage.clients import abort_uploads, client
from skybatch.storage.s3 import open_archive, open_bucket
from skybatch.telemetry import instrumented, log_step, logger, record_metrics
from skybatch.workflow import steps

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Run the step that the state machine names."""
    return log_step(step, event)


def step(event: dict[str, Any]) -> dict[str, Any]:
    """Run one step of a batch's execution."""
    here = settings()
    abort_results = partial(abort_uploads, here.results_bucket)
    results = open_bucket(here.results_bucket)
    match event["action"]:
        case "tally":
            return steps.tally_step(results, event, here, time)
        case "package":
            step_of = partial(steps.package_step, results, event, open_inventory(), time.time())
            return _ended(step_of(assembler, abort_results))
        case "fail":
            logger.error("batch failed", error=event.get("error"))
            return _ended(steps.fail_step(results, event, time.time(), abort_results))
        case action:
            raise ValueError(f"unknown action {action!r}")


def assembler(store: BatchStore) -> S3Assembler:
    """Return what joins the archive of a batch inside the results bucket."""
    bucket = settings().results_bucket
    return S3Assembler(store.objects, bundle_key(store), lambda: client("s3"), bucket)


@cache
def open_inventory() -> Callable[[str, str | None], Inventory]:
    """Return what opens the archive's inventories and keeps them open as long as the process lives."""
    here = settings()
    return open_inventories(open_archive(here))


def _ended(answer: dict[str, Any]) -> dict[str, Any]:
    """Record the metrics of the ended batch and log them."""
    measured = batch_metrics(BatchStore(open_bucket(settings().results_bucket), answer["batch_id"]))
    record_metrics(measured)
    logger.info("batch ended", measures=measured)
    return answer
