"""What is to be deployed is read from the template and what was given."""

from __future__ import annotations

from pathlib import Path

from tests.support.batches.template import PARAMETERS, RESOURCES
from tests.support.deployment.planned import planned, planned_with


def test_a_parameter_is_the_given_one_else_the_default() -> None:
    stack = planned_with(MaxRows="7")
    assert stack.parameter("MaxRows") == "7"
    assert stack.parameter("WorkerConcurrency") == str(PARAMETERS["WorkerConcurrency"]["Default"])
    assert stack.parameter("NoSuchParameter") == ""


def test_the_template_is_read_whole_with_its_functions_as_plain_values() -> None:
    document = planned().document
    assert set(document["Resources"]) == set(RESOURCES)
    assert document["Resources"]["WorkerFunction"]["Properties"]["FunctionName"] == "${AWS::StackName}-worker"


def test_a_template_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert planned(template=tmp_path / "none.yaml").document == {}
