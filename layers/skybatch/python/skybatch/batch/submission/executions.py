"""Starting the state machine for a batch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from skybatch.redaction import batch_hash

# Starts the state machine for a batch id accepted at a Unix time; starting it twice is no error.
StartExecution = Callable[[str, float], None]


def execution_name(batch_id: str, created: float) -> str:
    """Return the name of a batch's execution: the hash of its id, and the second in which it was accepted.

    By the hash, because the name is shown in logs, events and consoles, and knowing the id is the right to
    read the batch. With the time, because a name stays taken for 90 days after the execution's end
    (StartExecution, API reference), longer than results are kept: the same call repeated after they were
    removed is a new batch of the same id.
    """
    return f"{batch_hash(batch_id)}-{int(created)}"


def execution_starter(client: Any, machine_arn: str) -> StartExecution:
    """Make a function that starts a batch's execution, once for each batch id and time of acceptance.

    Parameters
    ----------
    client
        A boto3 client of Step Functions.
    machine_arn
        The state machine.
    """

    def start(batch_id: str, created: float) -> None:
        try:
            client.start_execution(
                stateMachineArn=machine_arn,
                name=execution_name(batch_id, created),
                input=json.dumps({"batch_id": batch_id}),
            )
        except client.exceptions.ExecutionAlreadyExists:
            return  # the same call made before started it

    return start
