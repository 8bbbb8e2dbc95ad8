"""Batches that are cancelled, stopped, or mailed, and what goes wrong with each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from skybatch.deployment.findings import Level
from skybatch.deployment.smoke.ending_checks import check_cancel, check_mail, check_stopped_execution
from skybatch.deployment.smoke.probe import Answer
from skybatch.deployment.smoke.stack_access import StackAccess
from skybatch.redaction import batch_hash
from tests.support.deployment.planned import SetClient, levels
from tests.support.deployment.scripted_service import ID, STATUS, answer, service

STATE = rf"GET /batches/({ID}|\w{{32}})"
ROWS = {"total": 400, "cancelled": 390, "retrieved": 10}


def stack(*, running: bool = True) -> tuple[StackAccess, list[str]]:
    """A stack whose execution can be stopped, and what was stopped."""
    stopped: list[str] = []

    class Machines:
        def get_paginator(self, _: str) -> Any:
            name = f"{batch_hash(ID)}-1"
            ours = {"name": name, "executionArn": "arn:ours", "startDate": datetime.now(UTC)}
            found = [ours] if running else []
            return SetClient({"paginate": [{"executions": found}]})

        def stop_execution(self, executionArn: str, cause: str) -> None:  # noqa: N803 (boto3's names)
            stopped.append(executionArn)

    return StackAccess("sky", {"StateMachineArn": "m"}, lambda _: Machines(), 0.0), stopped


def state(name: str, **more: Any) -> Answer:
    return answer(200, STATUS | {"state": name, "rows": ROWS} | more)


CANCEL = r"POST /batches/\w+/cancel"


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({STATE: state("cancelled")}, Level.OK),
        ({STATE: state("complete"), CANCEL: answer(409)}, Level.SKIPPED),
        ({STATE: state("complete")}, Level.ERROR),
        ({STATE: state("working")}, Level.ERROR),
        ({STATE: state("cancelled"), CANCEL: answer(500)}, Level.ERROR),
        ({STATE: state("cancelled", rows=ROWS | {"cancelled": 389})}, Level.ERROR),
        ({"POST /batches": answer(503)}, Level.ERROR),
    ],
    ids=str,
)
def test_a_batch_that_is_cancelled(changes: dict[str, Answer], level: Level) -> None:
    assert levels(list(check_cancel(service(changes), stack()[0]))) == {"cancel": level}


@pytest.mark.parametrize(
    ("name", "level"),
    [("failed", Level.OK), ("working", Level.ERROR), ("accepted", Level.ERROR), ("complete", Level.SKIPPED)],
)
def test_an_execution_that_is_stopped(name: str, level: Level) -> None:
    access, stopped = stack()
    assert levels(list(check_stopped_execution(service({STATE: state(name)}), access))) == {
        "stopped-execution": level
    }
    assert stopped == ["arn:ours"]


def test_an_execution_that_never_ran() -> None:
    access, stopped = stack(running=False)
    assert levels(list(check_stopped_execution(service(), access))) == {"stopped-execution": Level.ERROR}
    assert stopped == []


def test_an_email_under_way_is_waited_for() -> None:
    looks = iter(["sending", "sending", "sent", "sent", "sent"])
    changes = {STATE: lambda *_: state("complete", mail=next(looks))}
    found = levels(list(check_mail(service(changes), stack()[0])))
    assert set(found.values()) == {Level.OK}


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, Level.OK),
        ({STATE: state("complete", mail=None)}, Level.ERROR),
        ({STATE: state("complete", mail="failed")}, Level.ERROR),
        ({STATE: state("complete", mail="sending")}, Level.ERROR),
        ({STATE: state("failed", mail="sent")}, Level.ERROR),
        ({"POST /batches": answer(429)}, Level.ERROR),
    ],
    ids=str,
)
def test_emails_to_the_mailbox_simulator(changes: dict[str, Answer], level: Level) -> None:
    found = levels(list(check_mail(service(changes), stack()[0])))
    assert found == {"mail-success": level, "mail-bounce": level}
