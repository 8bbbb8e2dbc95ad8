"""Batches that end otherwise: cancelled, stopped from outside, mailed to an address that takes or bounces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skybatch.deployment.findings import Finding, error, ok, skipped
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.stack_access import StackAccess

# Enough that they do not end before the next request arrives.
LONG_ROWS = 400
# SES developer guide, mailbox simulator: neither counts against quotas or reputation.
MAILBOXES = {"success": "success@simulator.amazonses.com", "bounce": "bounce@simulator.amazonses.com"}

# What a status says of an email until SES has answered.
SENDING = "sending"


def check_cancel(context: Context, _: StackAccess) -> Iterator[Finding]:
    """Cancel a batch under way: it ends as cancelled, with every row accounted for."""
    batch_id, answer = context.submit({"table": context.sample.table(LONG_ROWS)})
    if not batch_id:
        yield error("cancel", f"POST /batches answers {answer.summary()}")
        return
    asked = context.probe.call("POST", f"/batches/{batch_id}/cancel", b"", label="POST /batches/{id}/cancel")
    status = context.ended(batch_id)
    if asked.status == 409 and status.get("state") == "complete":
        yield skipped("cancel", "the batch was complete before the request came")
    elif asked.status != 202 or status.get("state") != "cancelled":
        yield error(
            "cancel", f"{asked.summary()}, and the batch is {status.get('state')}", "see the collector's log"
        )
    elif sum(_outcomes(status)) != status["rows"]["total"]:
        yield error("cancel", f"the rows of the cancelled batch do not add up: {status['rows']}")
    else:
        yield ok("cancel", "a batch under way ended as cancelled")


def _outcomes(status: dict[str, Any]) -> list[int]:
    return [count for name, count in status["rows"].items() if name != "total"]


def check_stopped_execution(context: Context, stack: StackAccess) -> Iterator[Finding]:
    """Stop an execution from outside: the rule on bad ends records the batch as failed."""
    batch_id, answer = context.submit({"table": context.sample.table(LONG_ROWS)})
    execution = context.until(lambda: stack.execution_of(batch_id), bool) if batch_id else ""
    if not execution:
        yield error(
            "stopped-execution", f"no execution runs for a batch: {answer.summary()}", "see the planner's log"
        )
        return
    stack.clients("stepfunctions").stop_execution(executionArn=execution, cause="skybatch smoke")
    status = context.ended(batch_id)
    if status.get("state") == "complete":
        yield skipped("stopped-execution", "the batch was complete before it was stopped")
    elif status.get("state") != "failed":
        fact = (
            f"the batch of a stopped execution is still {status.get('state')} after {context.patience:.0f} s"
        )
        yield error("stopped-execution", fact, "see the rule BadEnd of the notifier, and its log")
    else:
        yield ok("stopped-execution", "its batch is recorded as failed")


def check_mail(context: Context, _: StackAccess) -> Iterator[Finding]:
    """Have the mailbox simulator of SES take an email, and bounce another."""
    for kind, address in MAILBOXES.items():
        batch_id, answer = context.submit({"table": context.sample.table(), "email": address})
        if not batch_id:
            yield error(f"mail-{kind}", f"POST /batches answers {answer.summary()}")
            continue
        yield _mailed(kind, _with_mail(context, batch_id))


def _with_mail(context: Context, batch_id: str) -> dict[str, Any]:
    """Wait until a batch says what became of its email."""
    status: dict[str, Any] = context.until(
        lambda: context.status(batch_id), lambda seen: seen.get("mail") not in (None, "", SENDING)
    )
    return status


def _mailed(kind: str, status: dict[str, Any]) -> Finding:
    check, taken = f"mail-{kind}", ("sent", "bounced") if kind == "bounce" else ("sent",)
    if status.get("state") != "complete":
        return error(check, f"the batch is {status.get('state')}: {status.get('reason')}")
    if status.get("mail") in taken:
        return ok(check, "SES took the email")
    if not status.get("mail"):
        return error(check, "no email was sent", "see MailFrom, and the notifier's log")
    return error(check, f"the email is {status['mail']}", "see SES's account, and the notifier's log")
