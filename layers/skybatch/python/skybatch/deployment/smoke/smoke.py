"""Run the smoke test: all checks in order, each on its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from skybatch.deployment.findings import Finding, error, ok, skipped
from skybatch.deployment.smoke import (
    batch_checks,
    bucket_checks,
    cors_checks,
    ending_checks,
    post_checks,
    stack_checks,
)
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Probe
from skybatch.deployment.smoke.stack_access import StackAccess

# In this order: later ones use the batches of earlier ones.
CHECKS: tuple[Callable[[Context], Iterator[Finding]], ...] = (
    cors_checks.check_preflights,
    cors_checks.check_readable,
    post_checks.check_json,
    post_checks.check_form,
    post_checks.check_gzip,
    post_checks.check_large_body,
    post_checks.check_oversize_body,
    post_checks.check_large_answer,
    batch_checks.check_same_key,
    batch_checks.check_crops,
    batch_checks.check_whole_images,
    bucket_checks.check_results_bucket,
    bucket_checks.check_archive_bucket,
    bucket_checks.check_missing,
)
STACK_CHECKS: tuple[Callable[[Context, StackAccess], Iterator[Finding]], ...] = (
    ending_checks.check_cancel,
    ending_checks.check_stopped_execution,
    ending_checks.check_mail,
    stack_checks.check_archive_checksum,
    stack_checks.check_dead_letters,
    stack_checks.check_logs,
    stack_checks.check_metrics,
    stack_checks.check_traces,
)


def check_health(probe: Probe) -> Finding:
    """Ask whether the service answers at all."""
    answer = probe.call("GET", "/health")
    if answer.status == 200:
        return ok("health", f"{probe.server} answers in {answer.seconds:.2f} s")
    return error(
        "health", f"{probe.server}/health: {answer.summary()}", "see ApiUrl among the stack's outputs"
    )


def smoke(context: Context, stack: StackAccess | None, skip: Collection[str] = ()) -> Iterator[Finding]:
    """Run every check on a service that answers, those of the stack where there is access to it.

    ``skip`` names checks that are not to be made: ``traces`` for `check_traces`.
    """
    for check in CHECKS:
        yield from guarded(check.__name__, partial(check, context), skip)
    if stack is None:
        yield skipped(
            "stack",
            "no stack was named: its mail, logs, metrics and traces are not looked at",
            "--stack NAME",
        )
        return
    for stack_check in STACK_CHECKS:
        yield from guarded(stack_check.__name__, partial(stack_check, context, stack), skip)


def guarded(
    function: str, run: Callable[[], Iterator[Finding]], skip: Collection[str] = ()
) -> Iterator[Finding]:
    """Run one check; what it did not foresee is a finding too, and stops no other."""
    name = function.removeprefix("check_").replace("_", "-")
    if name in skip:
        yield skipped(name, "not asked for")
        return
    try:
        yield from run()
    except (KeyError, TypeError, ValueError, AttributeError) as unforeseen:
        yield error(name, f"an answer is not as documented: {type(unforeseen).__name__} {unforeseen}")
    except Exception as refused:
        if not _of_aws(refused):
            raise
        yield skipped(name, str(refused), "allow it to these credentials, to check it")


def _of_aws(refused: Exception) -> bool:
    from botocore.exceptions import BotoCoreError, ClientError

    return isinstance(refused, BotoCoreError | ClientError)
