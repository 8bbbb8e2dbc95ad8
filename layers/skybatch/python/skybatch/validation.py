"""Collects what is wrong with a request, so that it is told all at once."""

from __future__ import annotations

from skybatch.errors import CellError, InvalidRequest

MOST_TOLD = 100


class BadValue(ValueError):
    """One value breaks one rule; its text is the rule, worded to follow the value."""


class Faults:
    """Up to ``MOST_TOLD`` bad values, in the order they were found."""

    def __init__(self) -> None:
        self.found: list[CellError] = []

    @property
    def full(self) -> bool:
        """Whether it is time to stop looking."""
        return len(self.found) >= MOST_TOLD

    def add(
        self, column: str, value: object, rule: str, line: int | None = None, row: int | None = None
    ) -> None:
        """Note one more; past ``MOST_TOLD`` nothing is kept."""
        if not self.full:
            self.found.append(CellError(column, shown(value), rule, line, row))

    def stop_if_any(self) -> None:
        """Raise InvalidRequest with everything found so far, if there is anything."""
        if self.found:
            raise InvalidRequest(summary(self.found, self.full), errors=self.found)


def shown(value: object) -> str:
    """The value as an error repeats it: one printable line of at most 200 characters."""
    text = value if isinstance(value, str) else "" if value is None else str(value)[:400]
    printable = "".join(c if c.isprintable() else " " for c in text[:400])
    return printable if len(printable) <= 200 else printable[:197] + "..."


def summary(found: list[CellError], full: bool) -> str:
    """A first line that says what to mend, then one line for each of the next few."""
    first = found[0].sentence()
    opening = f"{first[:1].upper()}{first[1:]}."
    if len(found) == 1:
        return opening
    count = f"{len(found)} or more" if full else str(len(found))
    rest = [error.sentence() for error in found[1:10]]
    return "\n".join([f"{opening} This is the first of {count} errors.", *rest])
