"""The messages on the queue: a bundle, or what is wanted of one of its stored images."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Message:
    """One SQS message. It names tasks, which lie in the stretch, so all messages are short.

    Attributes
    ----------
    batch_id
        The batch it is for.
    stretch, at, length
        First task of the bundle's stretch, and where the bundle's line lies in the stretch's object, in
        bytes.
    source
        Which of the bundle's stored images is meant; None for all of them.
    attempt
        0 for a bundle, from 1 on for one of its stored images: part of the name of the object to write.
    again
        Whether it was sent or received before, so that its object may be there already.
    """

    batch_id: str
    stretch: int
    at: int
    length: int
    source: int | None = None
    attempt: int = 0
    again: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the message's body."""
        return vars(self).copy()

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Message:
        """Read a message's body."""
        return cls(**body)

    def of_source(self, source: int, attempt: int) -> Message:
        """Give the message for one of the bundle's stored images alone."""
        return replace(self, source=source, attempt=attempt, again=True)
