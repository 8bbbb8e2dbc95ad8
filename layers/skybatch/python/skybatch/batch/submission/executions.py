"""Starting the state machine for a batch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from skybatch.redaction import batch_hash


def execution_starter(client: Any, machine_arn: str) -> Callable[[str], None]:
    """Make a function that starts a batch's execution, once for each batch id.

    Executions are named after the batch, which Step Functions allows once; by its hash, because the name is
    shown in logs, events and consoles, and knowing the id is the right to read the batch.

    Parameters
    ----------
    client
        A boto3 client of Step Functions.
    machine_arn
        The state machine.
    """

    def start(batch_id: str) -> None:
        try:
            client.start_execution(
                stateMachineArn=machine_arn,
                name=batch_hash(batch_id),
                input=json.dumps({"batch_id": batch_id}),
            )
        except client.exceptions.ExecutionAlreadyExists:
            return  # the same call made before started it

    return start
