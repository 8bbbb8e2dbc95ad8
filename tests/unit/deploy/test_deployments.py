"""docs/deployments.md and the money of docs/operations.md are those of the template and the tools."""

from __future__ import annotations

import re
import shlex

import pytest

from skybatch.deployment.preflight.template_checks import broken_rule
from tests.support.batches.template import PARAMETERS, RESOURCES, ROOT, of_type, properties
from tools.costs import month_at_rest, month_table

DEPLOYMENTS = (ROOT / "docs/deployments.md").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
PUBLIC_WISE = (ROOT / "docs/public-wise.md").read_text()
TASKS = dict(re.findall(r"^\| \*\*(\w+)\*\*: [^|]* \| `([^`]+)` \|$", DEPLOYMENTS, re.MULTILINE))


def test_the_tasks_are_those_that_operators_have() -> None:
    assert list(TASKS) == ["small", "open", "private", "large"]


@pytest.mark.parametrize("task", TASKS)
def test_the_parameters_of_a_task_are_such_that_cloudformation_takes(task: str) -> None:
    given = dict(word.split("=", 1) for word in shlex.split(TASKS[task]))
    assert {name: broken_rule(PARAMETERS[name], value) for name, value in given.items()} == dict.fromkeys(
        given, ""
    )


@pytest.mark.parametrize("alarm", of_type("AWS::CloudWatch::Alarm"))
def test_an_alarm_has_its_meaning_where_to_look_and_what_to_do(alarm: str) -> None:
    (row,) = re.findall(rf"^\| `{alarm}` \|(.*)\|$", OPERATIONS, re.MULTILINE)
    cells = [cell.strip() for cell in row.split(" | ")]
    assert len(cells) == 3
    assert all(cell.endswith(".") for cell in cells)


def test_the_month_told_is_the_month_reckoned() -> None:
    """``python -m tools.costs --month`` prints it."""
    assert month_table() in OPERATIONS
    assert f"while nobody uses it | about ${sum(month_at_rest().values()):.0f} a month" in PUBLIC_WISE


def test_the_budget_is_made_where_there_is_one_and_tells_the_operator() -> None:
    assert RESOURCES["Budget"]["Condition"] == "HasBudget"
    assert PARAMETERS["MonthlyBudget"]["Default"] == 0
    budget = properties("Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": {"Ref": "MonthlyBudget"}, "Unit": "USD"}
    condition, told, otherwise = budget["NotificationsWithSubscribers"]["Fn::If"]
    assert (condition, otherwise) == ("SendsAlarms", {"Ref": "AWS::NoValue"})
    kinds = {each["Notification"]["NotificationType"]: each["Notification"]["Threshold"] for each in told}
    assert kinds == {"ACTUAL": 80, "FORECASTED": 100}
    for each in told:
        assert each["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": {"Ref": "AlarmEmail"}}]
