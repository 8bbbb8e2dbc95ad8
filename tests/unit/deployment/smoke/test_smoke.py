"""All checks run in order, each on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from skybatch.deployment.findings import Finding, Level
from skybatch.deployment.smoke.smoke import CHECKS, check_health, guarded, smoke
from skybatch.deployment.smoke.stack_access import StackAccess
from tests.support.deployment.planned import levels
from tests.support.deployment.scripted_service import ScriptedProbe, answer, service


def test_a_service_that_is_well_passes_every_check() -> None:
    found = levels(list(smoke(service(), None)))
    assert found.pop("stack") is Level.SKIPPED
    assert set(found.values()) == {Level.OK}
    assert len(found) == len(CHECKS)


def test_a_service_that_does_not_answer_is_not_tried() -> None:
    assert check_health(ScriptedProbe({})).level is Level.OK
    assert check_health(ScriptedProbe({"GET /health": answer(502)})).level is Level.ERROR


def test_a_stack_that_may_not_be_read_is_skipped() -> None:
    def refused(_: str) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "Any")

    access = StackAccess("sky", {"DeadLetterQueueUrl": "q", "StateMachineArn": "m"}, refused, 0.0)
    found = levels(list(smoke(service(), access, skip=["mail", "cancel"])))
    assert {found[name] for name in ("mail", "cancel", "dead-letters", "metrics", "traces")} == {
        Level.SKIPPED
    }


def raising(error: Exception) -> Iterator[Finding]:
    raise error
    yield


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (KeyError("rows"), Level.ERROR),
        (TypeError("None"), Level.ERROR),
        (EndpointConnectionError(endpoint_url="x"), Level.SKIPPED),
    ],
)
def test_what_was_not_foreseen_stops_no_other(error: Exception, level: Level) -> None:
    (finding,) = guarded("check_large_body", lambda: raising(error))
    assert (finding.check, finding.level) == ("large-body", level)


def test_a_fault_of_our_own_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        list(guarded("check_x", lambda: raising(ZeroDivisionError())))
