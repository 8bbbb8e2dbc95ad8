"""A fake of Step Functions that follows AWS's rule of execution names (StartExecution, API reference)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

DAY = 86_400.0
NAME_TAKEN = 90 * DAY  # after the execution's end


class ExecutionAlreadyExists(Exception):
    """The name is taken."""


class Exceptions:
    """Errors, where boto3 clients have them."""

    ExecutionAlreadyExists = ExecutionAlreadyExists


@dataclass
class Execution:
    """One execution; ``ended`` is None while it runs."""

    name: str
    input: str
    ended: float | None = None


@dataclass
class FakeStepFunctions:
    """Starts executions that end when told to; ``clock`` gives the Unix time."""

    clock: Callable[[], float]
    executions: list[Execution] = field(default_factory=list)
    exceptions = Exceptions

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, str]:  # noqa: N803
        """Start, or return the running execution of the same name and input."""
        arn = {"executionArn": f"{stateMachineArn}:{name}"}
        for known in self.executions:
            if known.name != name:
                continue
            if known.ended is None and known.input == input:
                return arn
            if known.ended is None or self.clock() - known.ended < NAME_TAKEN:
                raise ExecutionAlreadyExists(name)
        self.executions.append(Execution(name, input))
        return arn

    def end_all(self) -> None:
        """End what runs."""
        for execution in self.executions:
            if execution.ended is None:
                execution.ended = self.clock()
