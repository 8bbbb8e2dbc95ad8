"""The state that travels through the state machine while a batch is worked on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

NextStep = Literal["resolve", "dispatch", "wait", "package", "fail"]


@dataclass(frozen=True)
class DispatchState:
    """Where Dispatch, Wait and Tally stand in the plan: counts only, never rows.

    Attributes
    ----------
    start, stop
        The stretch of the plan being worked on, tasks ``start`` to ``stop - 1``. Its end is where the
        limit falls.
    cursor
        Bundles of this stretch sent so far.
    started
        Unix time of the batch's first tally by Tally's clock, 0 before it.
    progressed
        Unix time by Tally's clock of the last finished task, or of the first tally after a resend; 0 until
        there was one.
    resend
        Whether the next dispatch sends again what is missing.
    """

    start: int = 0
    stop: int = 0
    cursor: int = 0
    started: float = 0.0
    progressed: float = 0.0
    resend: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the value of ``loop`` in the state machine's payload."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> DispatchState:
        """Read such a value; fields of other versions are ignored, missing ones take their defaults."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})

    def updated(self, **changes: Any) -> DispatchState:
        """Copy it with some of its counts changed."""
        return replace(self, **changes)
