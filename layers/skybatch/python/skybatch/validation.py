"""Collects the invalid values of a request, so that all of them are reported at once."""

from __future__ import annotations

from skybatch.errors import CellError, InvalidRequest

MAX_ERRORS = 100
MAX_SHOWN_CHARACTERS = 200


class InvalidValue(ValueError):
    """One value breaks one rule; its text is the rule, worded to follow the value."""


class ErrorCollector:
    """Up to ``MAX_ERRORS`` errors, in the order they were found."""

    def __init__(self) -> None:
        self.found: list[CellError] = []

    @property
    def full(self) -> bool:
        """Whether no more errors are kept."""
        return len(self.found) >= MAX_ERRORS

    def add(
        self, column: str, value: object, rule: str, line: int | None = None, row: int | None = None
    ) -> None:
        """Add an error; past ``MAX_ERRORS`` nothing is kept."""
        if not self.full:
            self.found.append(CellError(column, displayable(value), rule, line, row))

    def raise_if_any(self) -> None:
        """Raise InvalidRequest with all errors found so far, if there are any."""
        if self.found:
            raise InvalidRequest(summarize(self.found, self.full), errors=self.found)


def displayable(value: object) -> str:
    """Return the value as an error shows it: one printable line of at most 200 characters."""
    text = value if isinstance(value, str) else "" if value is None else str(value)[:400]
    printable = "".join(c if c.isprintable() else " " for c in text[:400])
    if len(printable) <= MAX_SHOWN_CHARACTERS:
        return printable
    return printable[: MAX_SHOWN_CHARACTERS - 3] + "..."


def summarize(found: list[CellError], full: bool) -> str:
    """Return the first error as a sentence, then one line for each of the next few."""
    first = found[0].sentence()
    opening = f"{first[:1].upper()}{first[1:]}."
    if len(found) == 1:
        return opening
    count = f"{len(found)} or more" if full else str(len(found))
    rest = [error.sentence() for error in found[1:10]]
    return "\n".join([f"{opening} This is the first of {count} errors.", *rest])
