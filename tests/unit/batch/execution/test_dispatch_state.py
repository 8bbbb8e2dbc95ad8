"""The state in the state machine's payload: small, and readable after an update of the functions."""

from __future__ import annotations

import json

from skybatch.batch.execution.dispatch_state import DispatchState

STATE = DispatchState(start=3, stop=9, cursor=2, started=10.5, progressed=11.5, resend=True)


def test_a_state_survives_the_payload() -> None:
    assert DispatchState(**json.loads(json.dumps(STATE.to_json()))) == STATE


def test_the_keys_are_those_of_running_executions() -> None:
    assert set(STATE.to_json()) == {"start", "stop", "cursor", "started", "progressed", "resend"}


def test_updating_changes_what_is_named_and_nothing_else() -> None:
    later = STATE.updated(cursor=5)
    assert (later.cursor, later.updated(cursor=2)) == (5, STATE)
    assert STATE.cursor == 2
