"""The result of a batch in sentences: each end has its own, and parts are counted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from skybatch.presentation.summary import headline, nothing_found, part_of_chain, summary_sentences
from skybatch.status import BatchStatus
from tests.support import batch_samples


def single_row(outcome: str, **images: int) -> BatchStatus:
    counts = {"retrieved": 0, "over_limit": 0, "failed": 0, **images}
    request = batch_samples.region_request()
    return batch_samples.status(
        request=request, rows={"total": 1, outcome: 1}, images=counts, bytes=1_000_000 * counts["retrieved"]
    )


def numbers(text: str) -> list[int]:
    """The counts in a text, without its sizes."""
    counts = re.findall(r"\d[\d,]*", re.sub(r"[\d.]+ [kMG]?B\b", "", text))
    return [int(found.replace(",", "")) for found in counts]


def test_every_end_has_its_own_sentence_and_headline() -> None:
    ends = [
        batch_samples.status(),
        batch_samples.mixed(),
        batch_samples.status("failed"),
        batch_samples.status("cancelled", rows={"total": 9, "retrieved": 8, "cancelled": 1}),
        single_row("not_covered"),
        single_row("unresolved"),
        single_row("partial", retrieved=1, failed=2),
    ]
    assert len({summary_sentences(status) for status in ends}) == len(ends)
    assert len({headline(status) for status in ends}) == len(ends)


def test_the_numbers_are_those_of_the_status() -> None:
    assert numbers(summary_sentences(batch_samples.status())) == [7500]
    assert numbers(summary_sentences(batch_samples.mixed())) == [4818, 882, 2500, 2412]
    cancelled = batch_samples.status("cancelled", rows={"total": 9, "retrieved": 8, "cancelled": 1})
    assert numbers(summary_sentences(cancelled)) == [7500, 1, 9]


def test_sizes_are_those_of_the_status() -> None:
    assert re.findall(r"[\d.]+ [kMG]?B\b", summary_sentences(batch_samples.mixed())) == [
        "997 MB", "1.8 GB", "1 GB",
    ]  # fmt: skip


def test_a_duplicate_row_lacks_nothing() -> None:
    duplicates = batch_samples.status(rows={"total": 9, "retrieved": 5, "duplicate": 4})
    assert summary_sentences(duplicates) == summary_sentences(batch_samples.status())


@pytest.mark.parametrize(
    ("outcome", "nothing"), [("not_covered", True), ("unresolved", False), ("failed", True)]
)
def test_nothing_found_means_that_no_image_set_matches(outcome: str, nothing: bool) -> None:
    assert nothing_found(single_row(outcome)) is nothing
    assert not nothing_found(single_row(outcome, failed=3))


def test_a_running_batch_has_one_headline_in_every_state() -> None:
    assert len({headline(batch_samples.status(state)) for state in ("accepted", "working", "packaging")}) == 1


@pytest.mark.parametrize(
    ("chain", "left", "written"),
    [
        (None, 0, ""),
        ({"part": 1, "previous": None, "next": None}, 0, ""),
        ({"part": 1}, 2_500_000_000, "part 1 of about 4"),
        ({"part": 3, "previous": "x"}, 1, "part 3 of about 4"),
        ({"part": 4, "previous": "x"}, 0, "part 4 of 4"),
        ({"part": 2, "parts": 5}, 9, "part 2 of 5"),
    ],
)
def test_parts_of_a_chain_are_counted(chain: dict[str, Any] | None, left: int, written: str) -> None:
    unretrieved = {"images": 1, "bytes": left} if left else None
    assert part_of_chain(batch_samples.status(chain=chain, unretrieved=unretrieved)) == written
