"""The sample events have the form of what the stack sends: each is parsed by the code that receives it."""

from __future__ import annotations

import base64
import json

import pytest

from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.message import Message
from skybatch.batch.submission.executions import execution_name
from skybatch.requests.parser import parse_body
from skybatch.requests.understood_table import understand_table
from skybatch.settings import Settings
from tests.support.batches.template import FUNCTIONS, ROOT, STATES, event, of_type

NAMES = sorted(path.stem for path in (ROOT / "events").glob("*.json"))
HTTP = [name for name in NAMES if "rawPath" in event(name)]
STEPS = [name for name in NAMES if "action" in event(name)]


def body_of(name: str) -> bytes:
    body, encoded = event(name)["body"], event(name)["isBase64Encoded"]
    return base64.b64decode(body) if encoded else body.encode()


def test_every_function_has_a_sample() -> None:
    folders = {function["CodeUri"].removeprefix("functions/") for function in FUNCTIONS.values()}
    assert {name.split("-")[0] for name in NAMES} == folders


@pytest.mark.parametrize("name", HTTP)
def test_a_request_comes_by_a_route_of_its_function(name: str) -> None:
    targets = {
        route["RouteKey"]: route["Target"]["Fn::Sub"]
        for route in of_type("AWS::ApiGatewayV2::Route").values()
    }
    function = name.split("-")[0].capitalize()
    assert targets[event(name)["routeKey"]] == f"integrations/${{{function}Integration}}"


@pytest.mark.parametrize("name", HTTP)
def test_a_request_fills_its_route(name: str) -> None:
    path = event(name)["routeKey"].split(" ")[1].replace("+}", "}")
    assert path.format(**event(name).get("pathParameters", {})) == event(name)["rawPath"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [("planner-post-batches-json", 2), ("planner-post-batches-multipart", 2), ("planner-post-plans", 1)],
)
def test_a_posted_body_is_a_valid_request(name: str, rows: int) -> None:
    request, _ = parse_body(body_of(name), event(name)["headers"]["content-type"], Settings())
    assert len(request.rows) == rows


def test_a_posted_table_is_understood() -> None:
    name = "planner-post-tables"
    understood = understand_table(body_of(name), event(name)["headers"]["content-type"], Settings())
    assert [row.size for row in understood.rows.rows] == [50.0, 60.0]
    assert understood.rows.errors == ()


def test_the_workers_message_is_one_of_ours() -> None:
    (record,) = event("worker-task")["Records"]
    body = json.loads(record["body"])
    message = Message.from_json(body)
    assert message.to_json() == body
    assert message.batch_id == record["attributes"]["MessageGroupId"]


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_asked_as_the_state_machine_asks(name: str) -> None:
    asked = event(name)
    folder = name.split("-")[0]
    (parameters,) = {
        json.dumps(state["Parameters"], sort_keys=True)
        for state in STATES.values()
        if state["Type"] == "Task"
        and state["Resource"] == f"${{{folder.capitalize()}Arn}}"
        and state["Parameters"]["action"] == asked["action"]
    }
    assert {key.removesuffix(".$") for key in json.loads(parameters)} == set(asked)
    assert DispatchState(**asked.get("loop", {})).to_json().keys() >= asked.get("loop", {}).keys()


def test_an_execution_that_ended_badly_matches_the_rule() -> None:
    ended = event("notifier-execution-ended")
    (rule,) = FUNCTIONS["NotifierFunction"]["Events"].values()
    pattern = rule["Properties"]["Pattern"]
    assert [ended["source"], ended["detail-type"]] == [*pattern["source"], *pattern["detail-type"]]
    assert ended["detail"]["status"] in pattern["detail"]["status"]
    batch_id, created = json.loads(ended["detail"]["input"])["batch_id"], ended["detail"]["startDate"] / 1000
    assert execution_name(batch_id, created) == ended["detail"]["name"]
