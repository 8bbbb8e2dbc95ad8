"""Which targets a page shows: filters, order and page, as they stand in its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias
from urllib.parse import urlencode

from skybatch.batch.codes import RowStatus
from skybatch.batch.results.targets import Target
from skybatch.errors import CellError, InvalidRequest

GALLERY, TABLE = "gallery", "table"
PER_PAGE = {GALLERY: 24, TABLE: 50}
VIEWS = tuple(PER_PAGE)
SIZES = ("small", "medium", "large")
_LAST = float("inf")

SortKey: TypeAlias = Callable[[Target], Any]
SORT_KEYS: Mapping[str, SortKey] = {
    "row": lambda target: target.row_number or 0,
    "id": lambda target: ((target.row.id or target.row.name or "").casefold(), target.row_number or 0),
    "ra": lambda target: target.row.position.ra if target.row.position else _LAST,
    "dec": lambda target: target.row.position.dec if target.row.position else _LAST,
    "size": lambda target: target.bytes,
    "outcome": lambda target: list(RowStatus).index(target.outcome),
}
SORTS = (*SORT_KEYS, *(f"-{name}" for name in SORT_KEYS))
EDGES = ("cut", "whole")
_LONGEST_TEXT = 60


@dataclass(frozen=True)
class TargetChoice:
    """What a page shows; each field is a parameter of its address, absent where it is the default.

    Attributes
    ----------
    outcome, band, edge
        Only targets of this outcome; only images of this band; only crops that are ``cut`` or ``whole``.
    find
        Part of an id or name, or the number of a row.
    sort
        What they are ordered by, with a minus in front for the other direction.
    page
        From 1; the last one where there are fewer.
    view, size
        Gallery or table, and how large the gallery's pictures are.
    """

    outcome: str = ""
    band: str = ""
    edge: str = ""
    find: str = ""
    sort: str = "row"
    page: int = 1
    view: str = GALLERY
    size: str = "medium"

    @classmethod
    def read(cls, parameter: Callable[[str], str | None]) -> TargetChoice:
        """Read the parameters of an address.

        Raises InvalidRequest, naming parameter, value and rule.
        """
        given = {each.name: (parameter(each.name) or "").strip() for each in fields(cls)}
        values = {name: text for name, text in given.items() if text}
        _check(values, "outcome", tuple(RowStatus))
        _check(values, "edge", EDGES)
        _check(values, "sort", SORTS)
        _check(values, "view", VIEWS)
        _check(values, "size", SIZES)
        page = values.pop("page", "1")
        if not (page.isascii() and page.isdigit() and 0 < len(page) < 8 and int(page)):
            raise _invalid("page", page, "must be a number from 1")
        return cls(**values, page=int(page))

    def query(self, **changes: Any) -> str:
        """Return the parameters of the address with changes, `?` before them; nothing for the default."""
        given = replace(self, **changes).parameters()
        return f"?{urlencode(given)}" if given else ""

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the address; none for the default."""
        return {
            each.name: str(getattr(self, each.name))
            for each in fields(self)
            if getattr(self, each.name) != each.default
        }

    @property
    def is_filter(self) -> bool:
        """Whether it leaves out any target."""
        return bool(self.outcome or self.band or self.edge or self.find)

    def chosen(self, targets: Sequence[Target]) -> list[Target]:
        """Return the targets of all pages, in order."""
        shown = [self._of_band(target) for target in targets if self._holds(target)]
        found = [target for target in shown if target is not None]
        key = SORT_KEYS[self.sort.removeprefix("-")]
        # Sorted by row they stand as they are: rows with one number keep the order of their images.
        if self.sort != "row":
            found.sort(key=key, reverse=self.sort.startswith("-"))
        return found

    def _holds(self, target: Target) -> bool:
        if self.outcome and target.outcome != self.outcome:
            return False
        if self.edge and (not target.pictures or target.is_cut != (self.edge == "cut")):
            return False
        return not self.find or _matches(target, self.find)

    def _of_band(self, target: Target) -> Target | None:
        """Return a target with the images of the band alone; None where it has none."""
        if not self.band:
            return target
        pictures = tuple(picture for picture in target.pictures if picture.task.band == self.band)
        return replace(target, pictures=pictures, colour=None) if pictures else None


def _matches(target: Target, text: str) -> bool:
    words = (target.row.id, target.row.given_id, target.row.name)
    folded = text.casefold()
    return str(target.row_number) == text or any(folded in word.casefold() for word in words if word)


def _check(values: Mapping[str, str], name: str, allowed: Sequence[str]) -> None:
    if name in values and values[name] not in allowed:
        raise _invalid(name, values[name], f"must be one of {', '.join(allowed)}")


def _invalid(name: str, value: str, rule: str) -> InvalidRequest:
    error = CellError(name, value[:_LONGEST_TEXT], rule)
    return InvalidRequest(error.sentence(), errors=[error])


@dataclass(frozen=True)
class TargetPage:
    """The targets of one page, the number of the first from 1, and how many there are in all."""

    targets: Sequence[Target]
    first: int
    found: int
    all: int
    page: int
    pages: int


def page_of(targets: Sequence[Target], choice: TargetChoice) -> TargetPage:
    """Return what a page shows."""
    chosen, length = choice.chosen(targets), PER_PAGE[choice.view]
    pages = max(1, -(-len(chosen) // length))
    page = min(choice.page, pages)
    start = (page - 1) * length
    return TargetPage(chosen[start : start + length], start + 1, len(chosen), len(targets), page, pages)
