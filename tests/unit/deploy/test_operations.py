"""What docs/operations.md and docs/security.md say is what stands in the template, the code and the model."""

from __future__ import annotations

import re

import pytest

from tests.support.batches.template import PARAMETERS, ROOT, of_type
from tools.aws_prices import PRICES, QUOTAS, Figure, aws
from tools.capacity_model import SCENARIOS, Scenario, outcome

OPERATIONS = (ROOT / "docs/operations.md").read_text()
SECURITY = (ROOT / "docs/security.md").read_text()
QUICK = [scenario for scenario in SCENARIOS if len(scenario.jobs) == 1]


@pytest.mark.parametrize("alarm", of_type("AWS::CloudWatch::Alarm"))
def test_every_alarm_is_told_with_what_to_do(alarm: str) -> None:
    assert f"| `{alarm}` | " in OPERATIONS


@pytest.mark.parametrize("text", [OPERATIONS, SECURITY], ids=["operations", "security"])
def test_parameters_named_exist(text: str) -> None:
    named = set(
        re.findall(
            r"(?:`|\s)((?:Max|Worker|Reserve|Mail|Alarm|Public|Create|Deadline|Expire)[A-Za-z]+)[`=]", text
        )
    )
    metrics_and_alarms = {
        *("MailsSent", "MailsFailed", "MailsRefused", "MailsBounced", "MailsComplained", "MailsBlocked"),
        *("MailsHeld", *of_type("AWS::CloudWatch::Alarm")),
    }
    assert named - metrics_and_alarms <= set(PARAMETERS)
    assert named & set(PARAMETERS)


@pytest.mark.parametrize("name", [*PRICES, *QUOTAS])
def test_every_figure_of_the_model_stands_with_its_source(name: str) -> None:
    figures: dict[str, Figure] = {**PRICES, **QUOTAS}
    figure = figures[name]
    assert re.search(rf"\| {name} \|.*\| {re.escape(figure.source)} \|", OPERATIONS)


@pytest.mark.parametrize("scenario", QUICK, ids=[scenario.name for scenario in QUICK])
@pytest.mark.no_cover
def test_the_scenarios_told_are_those_of_the_model(scenario: Scenario) -> None:
    told = outcome(scenario, aws())
    row = next(line for line in OPERATIONS.splitlines() if line.startswith(f"| {scenario.name} | 50 |"))
    assert f"| {told['median']:.0f} s |" in row
    assert f"| ${told['dollars']:.3f} |" in row


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/.]+\.py)`", SECURITY + OPERATIONS))))
def test_tests_named_exist(path: str) -> None:
    assert (ROOT / path).is_file()
