"""The state machine: every failure is caught, every step leads on, all of it ends in time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import botocore.exceptions
import obstore.exceptions
import pytest

import skybatch.errors
from skybatch.batch.execution.dispatch_state import NextStep
from skybatch.batch.execution.packing import pack
from skybatch.batch.execution.reconcile import seconds_to_wait
from tests.support.batches.batch_fakes import task
from tests.support.batches.template import FUNCTIONS, MACHINE, PARAMETERS, ROOT, STATES, of_type, properties

TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
TRANSIENT = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
(SUBSTITUTIONS,) = (m["DefinitionSubstitutions"] for m in of_type("AWS::Serverless::StateMachine").values())


def function_of(state: dict[str, Any]) -> dict[str, Any]:
    substitution = SUBSTITUTIONS[state["Resource"].strip("${}")]
    return FUNCTIONS[substitution["Fn::GetAtt"][0]]


def followers(state: dict[str, Any]) -> Iterator[str]:
    yield from (state[key] for key in ("Next", "Default") if key in state)
    yield from (rule["Next"] for rule in [*state.get("Choices", []), *state.get("Catch", [])])


def test_every_substitution_is_given_and_used() -> None:
    used = re.findall(r"\$\{(\w+)\}", (ROOT / "statemachine/batch.asl.json").read_text())
    assert set(used) == set(SUBSTITUTIONS)


def test_every_state_is_reached_and_exists() -> None:
    reached, waiting = set(), [MACHINE["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(followers(STATES[name]))
    assert reached == set(STATES)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_retries_what_passes_and_catches_all(name: str) -> None:
    retried = {error for rule in TASKS[name]["Retry"] for error in rule["ErrorEquals"]}
    assert retried >= TRANSIENT | {"States.TaskFailed", "States.Timeout"}
    assert all("JitterStrategy" in rule and rule["BackoffRate"] > 1 for rule in TASKS[name]["Retry"])
    assert [rule["ErrorEquals"] for rule in TASKS[name]["Catch"]] == [["States.ALL"]]


def longest_wait(rule: dict[str, Any], jitter: float = 1.0) -> float:
    """Seconds that a rule waits in all; full jitter takes half of each on average (States Language)."""
    delays = (rule["IntervalSeconds"] * rule["BackoffRate"] ** n for n in range(rule["MaxAttempts"]))
    return jitter * float(sum(min(delay, rule.get("MaxDelaySeconds", delay)) for delay in delays))


# What a function raises where S3, SQS or SES throttles or does not answer: ours, obstore's, botocore's.
RAISED = (
    skybatch.errors.Transient,
    obstore.exceptions.GenericError,
    botocore.exceptions.ClientError,
    botocore.exceptions.ConnectTimeoutError,
    botocore.exceptions.EndpointConnectionError,
    botocore.exceptions.ReadTimeoutError,
)


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("error", ["Lambda.TooManyRequestsException", *(kind.__name__ for kind in RAISED)])
def test_throttling_is_waited_for_during_minutes(name: str, error: str) -> None:
    rule = next(rule for rule in TASKS[name]["Retry"] if error in rule["ErrorEquals"])
    assert longest_wait(rule, jitter=0.5) > 150


RECORDING = ("RecordFailure", "RecordRefusal", "NotifyFailure")


@pytest.mark.parametrize("name", TASKS)
def test_a_caught_error_leads_where_it_is_told(name: str) -> None:
    """Unless telling is what failed: the rule on failed executions takes over then."""
    told = {"Notify": "CompleteUnannounced", **dict.fromkeys(RECORDING, "Failed")}
    (rule,) = TASKS[name]["Catch"]
    assert rule["Next"] == told.get(name, "RecordFailure")
    assert rule["ResultPath"] == "$.error"  # beside batch_id, which the next state needs


def test_a_recorded_failure_is_mailed_and_ends_the_execution_as_failed() -> None:
    assert STATES["RecordFailure"]["Next"] == "NotifyFailure"
    assert STATES["NotifyFailure"]["Next"] == "Failed"
    assert STATES["Failed"]["Type"] == "Fail"


def test_a_request_that_cannot_be_planned_fails_the_batch_and_not_the_execution() -> None:
    assert STATES["RecordRefusal"]["Next"] == "Notify"


def test_every_step_a_function_can_name_has_a_state() -> None:
    cases = {choice["StringEquals"] for choice in STATES["NextStep"]["Choices"]}
    assert cases == set(get_args(NextStep))
    assert STATES[STATES["NextStep"]["Default"]]["Next"] == "RecordFailure"


@pytest.mark.parametrize("name", TASKS)
def test_a_function_ends_before_its_state_gives_up(name: str) -> None:
    assert TASKS[name]["TimeoutSeconds"] > function_of(TASKS[name])["Timeout"]


@pytest.mark.parametrize("name", TASKS)
def test_payloads_are_the_small_object_only(name: str) -> None:
    parameters = TASKS[name]["Parameters"]
    assert {key.removesuffix(".$") for key in parameters} <= {
        "action", "batch_id", "next", "wait", "loop", "error",
    }  # fmt: skip


@pytest.mark.parametrize("folder", ["planner", "collector"])
def test_every_action_a_function_knows_is_asked_of_it(folder: str) -> None:
    known = re.findall(r'case "(\w+)":', (ROOT / f"functions/{folder}/app.py").read_text())
    asked = {
        task["Parameters"]["action"]
        for task in TASKS.values()
        if function_of(task)["CodeUri"] == f"functions/{folder}"
    }
    assert known
    assert set(known) <= asked


def test_the_execution_outlives_the_longest_batch() -> None:
    """The deadline, then the last wait, Package with its retries, and the email."""
    packaging = STATES["Package"]["TimeoutSeconds"] * 3 + sum(map(longest_wait, STATES["Package"]["Retry"]))
    assert MACHINE["TimeoutSeconds"] > PARAMETERS["DeadlineSeconds"]["MaxValue"] + packaging + 600


# Events that a state writes to the history of its execution: entered and exited, and of a task besides
# scheduled, started and succeeded (Step Functions developer guide, execution history).
STATE_EVENTS = {"Task": 5, "Wait": 2, "Choice": 2}
# A crop of one pixel is a header of four blocks of 2880 bytes, as the survey's are, and one of data.
SMALLEST_FILE_BYTES = 5 * 2880


def events_of(*states: str) -> int:
    return sum(STATE_EVENTS[STATES[state]["Type"]] for state in states)


def longest_sequence_of_waits(seconds: float) -> int:
    """The most tallies in a time: each waits as little as it may, as if all were about to be done."""
    elapsed, waits = 0.0, 0
    while elapsed < seconds:
        elapsed += seconds_to_wait(elapsed, 1, 0)
        waits += 1
    return waits


@pytest.mark.parametrize(("gigabytes", "worker_timeout"), [(1, 1), (10, 30)])
def test_the_smallest_window_fits_an_execution_of_25_000_events(gigabytes: int, worker_timeout: int) -> None:
    """Each dispatch refills at least half of the window, of a batch of the smallest files, an image each."""
    window = PARAMETERS["DispatchWindow"]["MinValue"]
    some = [task(n, size=SMALLEST_FILE_BYTES, source=f"{n}.fits.gz") for n in range(2000)]
    files = gigabytes * PARAMETERS["MaxBatchBytes"]["Default"] / SMALLEST_FILE_BYTES
    bundles = files * len(pack(some, worker_timeout)) / len(some)
    dispatches = bundles / (window // 2)
    waits = longest_sequence_of_waits(PARAMETERS["DeadlineSeconds"]["MaxValue"])
    events = dispatches * events_of("Dispatch", "Wait", "Tally", "NextStep")
    events += waits * events_of("Wait", "Tally", "NextStep")
    assert events < 25_000 * 0.8  # the rest is for resends and retries


def test_messages_live_as_long_as_the_execution() -> None:
    assert properties("TaskQueue")["MessageRetentionPeriod"] >= MACHINE["TimeoutSeconds"]


def test_executions_that_end_badly_reach_the_notifier() -> None:
    (rule,) = FUNCTIONS["NotifierFunction"]["Events"].values()
    assert rule["Type"] == "EventBridgeRule"
    detail = rule["Properties"]["Pattern"]["detail"]
    assert set(detail["status"]) == {"FAILED", "ABORTED", "TIMED_OUT"}
    assert detail["stateMachineArn"] == [{"Ref": "BatchStateMachine"}]


def test_the_planner_starts_the_machine_by_its_name() -> None:
    """Named, not referred to: the machine refers to the planner."""
    machine = properties("BatchStateMachine")["Name"]["Fn::Sub"]
    arn = FUNCTIONS["PlannerFunction"]["Environment"]["Variables"]["STATE_MACHINE_ARN"]["Fn::Sub"]
    assert arn.endswith(f":stateMachine:{machine}")


def test_batch_ids_stay_out_of_the_machines_logs() -> None:
    assert properties("BatchStateMachine")["Logging"]["IncludeExecutionData"] is False
