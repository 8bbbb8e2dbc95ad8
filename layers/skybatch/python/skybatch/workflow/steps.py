"""The steps of a batch's execution, as the state machine calls them.

Each takes the state machine's small object ``{action, batch_id, next, wait, loop}`` and returns it with
where to go next. Every step may run twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Protocol

from obstore.store import ObjectStore

from skybatch.batch import keys
from skybatch.batch.delivery.single_images import bundle_key
from skybatch.batch.execution.dispatch import dispatch
from skybatch.batch.execution.dispatch_state import DispatchState, NextStep
from skybatch.batch.execution.reconcile import Timeouts, tally
from skybatch.batch.execution.stretches import load_stretches
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.name_answers import load_name_answers
from skybatch.batch.plan import Plan, cancelled_plan, load_plan, save_plan
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.planning.name_resolution import resolve_names
from skybatch.batch.planning.planner import make_plan
from skybatch.batch.record import load_record, load_request
from skybatch.batch.request_facts import survey_ids
from skybatch.batch.status import record_failure
from skybatch.batch.store import BatchStore
from skybatch.batch.submission.image_allowance import reserve_images
from skybatch.bundles.assembler import Assembler, StoreAssembler
from skybatch.errors import SkybatchError, TooMany
from skybatch.names.resolver import Resolver
from skybatch.requests.resolution import unresolved_names
from skybatch.settings import Settings

State = dict[str, Any]
# Removes unfinished uploads below a key prefix of the results bucket.
AbortUploads = Callable[[str], object]
# Gives what joins the archive of a batch.
AssemblerFor = Callable[[BatchStore], Assembler]


class Clock(Protocol):
    """Tells the time and waits; the module `time` is one."""

    def time(self) -> float:
        """Return Unix time."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Return after so many seconds."""
        ...


def store_assembler(store: BatchStore) -> Assembler:
    """Return what joins by reading and writing, for stores that copy no ranges."""
    return StoreAssembler(store.objects, bundle_key(store))


def keep_uploads(_: str) -> None:
    """Do nothing, for stores that keep no unfinished uploads."""


def plan_step(
    objects: ObjectStore,
    state: State,
    open_inventory: OpenInventory,
    settings: Settings,
    now: float | None = None,
) -> State:
    """Write the plan, once all names are resolved.

    A request that cannot be planned, or asks for more images than its caller may have within a day (of which
    ``now``, Unix time, is by default the present), ends the batch, with the error's own text as the reason.
    """
    store = BatchStore(objects, state["batch_id"])
    request, record, names = load_request(store), load_record(store), load_name_answers(store)
    if store.exists(keys.CANCELLATION):
        save_plan(store, cancelled_plan(len(request.rows), record.limit_bytes, survey_ids(request.surveys)))
        return _output(state, "package", 0, DispatchState())
    if unresolved_names(request) and not names.is_final:
        return _output(state, "resolve", 0, DispatchState())
    store.write_json(keys.PROGRESS, {"state": "planning"})
    try:
        plan = make_plan(
            request,
            open_inventory,
            record.limit_bytes,
            settings.max_images,
            names.answers,
            settings.worker_timeout,
        )
        reserve_images(store, record, plan, settings, time.time() if now is None else now)
    except SkybatchError as error:
        if error.retryable and not isinstance(error, TooMany):
            raise
        return {**_output(state, "fail", 0, DispatchState()), "error": _catchable(error)}
    plan = save_plan(store, plan)
    deliverable = any(task.refusal is None for task in plan.tasks)
    return _output(state, "dispatch" if deliverable else "package", 0, DispatchState())


def resolve_step(
    objects: ObjectStore,
    state: State,
    resolver: Resolver,
    open_inventory: OpenInventory,
    settings: Settings,
    now: float,
) -> State:
    """Resolve as many names as one call has time for; when all are answered, plan."""
    store = BatchStore(objects, state["batch_id"])
    wait = None if store.exists(keys.CANCELLATION) else resolve_names(store, resolver, now)
    if wait is not None:
        return _output(state, "resolve", wait, DispatchState())
    return plan_step(objects, state, open_inventory, settings, now)


def dispatch_step(
    objects: ObjectStore, state: State, queue: TaskQueue, settings: Settings, now: float
) -> State:
    """Send what the window has room for."""
    store = BatchStore(objects, state["batch_id"])
    dispatch_state = DispatchState.from_json(state["loop"])
    window, seconds = settings.dispatch_window, settings.worker_timeout
    dispatch_state = dispatch(store, _plan(store), queue, dispatch_state, window, seconds, now)
    return _output(state, "wait", 0, dispatch_state)


def tally_step(objects: ObjectStore, state: State, settings: Settings, clock: Clock) -> State:
    """Account for what finished, until there is something to do or a second to wait.

    The state machine counts in whole seconds, and a round of its states costs as much as three seconds of
    this function: shorter waits are spent here.
    """
    store = BatchStore(objects, state["batch_id"])
    timeouts = Timeouts(settings.visibility_seconds, settings.deadline_seconds)
    plan, dispatch_state = _plan(store), DispatchState.from_json(state["loop"])
    stretches, window = load_stretches(store), settings.dispatch_window
    while True:
        action = tally(store, plan, stretches, dispatch_state, timeouts, window, clock.time())
        if action.step != "wait" or action.wait_seconds >= 1:
            return _output(state, action.step, int(action.wait_seconds), action.state)
        dispatch_state = action.state
        clock.sleep(action.wait_seconds)


def package_step(
    objects: ObjectStore,
    state: State,
    open_inventory: OpenInventory,
    now: float,
    assembler_for: AssemblerFor = store_assembler,
    abort_uploads: AbortUploads = keep_uploads,
) -> State:
    """Write the results and the final status.

    ``assembler_for`` gives what joins the archive. ``abort_uploads`` is called where an earlier run may have
    died in the middle of its upload.
    """
    # Here, because tables, texts and sketch cost the planner, which takes other steps, 40 ms of a cold start.
    from skybatch.batch.results.packager import package
    from skybatch.presentation.texts_for_people import texts_for_people

    store = BatchStore(objects, state["batch_id"])
    died_before = store.exists(keys.OUTCOMES)
    package(store, _plan(store), open_inventory, texts_for_people, assembler_for(store), now)
    if died_before:
        abort_uploads(store.path(keys.result("")))
    return {"batch_id": state["batch_id"]}


def fail_step(
    objects: ObjectStore, state: State, now: float, abort_uploads: AbortUploads = keep_uploads
) -> State:
    """Record that the batch failed, with a reason a person may read."""
    store = BatchStore(objects, state["batch_id"])
    record_failure(store, failure_reason(state.get("error") or {}), now)
    if store.exists(keys.OUTCOMES):
        abort_uploads(store.path(keys.result("")))
    return {"batch_id": state["batch_id"]}


def failure_reason(error: dict[str, Any]) -> str:
    """Give the reason that people read, from an error that Step Functions caught.

    It is the error's own text where a step ended the batch with it, else only the name of the error: a
    stack trace belongs in the logs.
    """
    if error.get("Error") == "Skybatch":
        return str(error["Cause"])
    try:
        kind = json.loads(error.get("Cause", "{}")).get("errorType")
    except (ValueError, AttributeError):
        kind = None
    return f"an internal error ({kind or error.get('Error') or 'unknown'}) stopped this batch"


def _catchable(error: SkybatchError) -> dict[str, str]:
    return {"Error": "Skybatch", "Cause": error.detail}


def _plan(store: BatchStore) -> Plan:
    plan = load_plan(store)
    if plan is None:
        raise SkybatchError("the batch has no plan")
    return plan


def _output(state: State, step: NextStep, wait: int, dispatch_state: DispatchState) -> State:
    return {"batch_id": state["batch_id"], "next": step, "wait": wait, "loop": dispatch_state.to_json()}
