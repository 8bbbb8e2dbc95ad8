"""All checks run, each on its own."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import EndpointConnectionError

from skybatch.deployment.aws_calls import Clients
from skybatch.deployment.findings import Finding, Level
from skybatch.deployment.preflight.account_checks import check_concurrency
from skybatch.deployment.preflight.planned_stack import PlannedStack
from skybatch.deployment.preflight.preflight import guarded, preflight
from tests.support.deployment.planned import Refused, levels, planned, set_clients


def unreachable(_: str) -> object:
    raise EndpointConnectionError(endpoint_url="https://sts")


def test_without_credentials_the_machine_alone_is_checked() -> None:
    for clients in (unreachable, set_clients(sts={"get_caller_identity": Refused("ExpiredToken")})):
        found = levels(list(preflight(planned(), clients)))
        assert found["account"] is Level.ERROR
        assert set(found) == {"account", "tools", "template", "parameters", "stack-name"}


def test_a_check_that_may_not_ask_stops_no_other() -> None:
    answers = {"get_caller_identity": {"Account": "1", "Arn": "a"}}
    refused = {"lambda": {"get_account_settings": Refused("AccessDenied")}}
    clients = set_clients(sts=answers, **refused)
    (finding,) = guarded(check_concurrency, planned(), clients)
    assert (finding.check, finding.level) == ("concurrency", Level.SKIPPED)
    assert "get_account_settings" in finding.action


def test_a_service_that_does_not_answer_is_skipped() -> None:
    def check_nothing(_: PlannedStack, clients: Clients) -> Iterator[Finding]:
        yield from clients("sqs")

    (finding,) = guarded(check_nothing, planned(), unreachable)
    assert (finding.check, finding.level) == ("nothing", Level.SKIPPED)
