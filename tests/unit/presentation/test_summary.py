"""The result of a batch in sentences: each end has its own, and parts are counted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from skybatch.batch.absent import band_list
from skybatch.presentation.summary import headline, nothing_found, part_of_chain, summary_sentences
from skybatch.status import BatchStatus
from tests.support.batches import batch_samples


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
    mixed = numbers(summary_sentences(batch_samples.mixed()))
    assert mixed == [7242, 4818, 2412, 12, 127, 4818, 2500, 70, 2, 2412]
    cancelled = batch_samples.status("cancelled", rows={"total": 9, "retrieved": 8, "cancelled": 1})
    assert numbers(summary_sentences(cancelled)) == [7500, 9, 1]


@pytest.mark.parametrize("retrieved", [0, 1, 7])
def test_the_first_sentence_accounts_for_every_image_asked_for(retrieved: int) -> None:
    counts = {"retrieved": retrieved, "over_limit": 20, "failed": 300, "cancelled": 4000}
    absent = {"images": 50_000, "bands": ["h"], "held": ["h"]}
    status = batch_samples.status(images=counts, absent=absent, rows={"total": 9, "partial": 9})
    asked, *fates = numbers(re.split(r"\. ", summary_sentences(status))[0])
    assert asked == sum(fates) == 54_320 + retrieved


@pytest.mark.parametrize("outcome", ["over_limit", "failed", "cancelled"])
def test_a_single_image_is_not_counted(outcome: str) -> None:
    assert numbers(summary_sentences(single_row("failed", **{outcome: 1}))) == []


def test_bands_that_the_archive_does_not_hold_are_named() -> None:
    absent = {"images": 6, "bands": ["h", "k"], "held": ["j"], "rows": 0}
    sentence = summary_sentences(batch_samples.status(absent=absent))
    assert band_list(["h", "k"]) in sentence
    assert f"nly {band_list(['j'])} " in sentence


def test_what_does_not_exist_is_an_answer_and_not_missing() -> None:
    outside = batch_samples.status(mode="positions", rows={"total": 9, "retrieved": 8, "not_covered": 1})
    absent = batch_samples.status(absent={"images": 6, "bands": ["h"], "held": ["j"], "rows": 0})
    failed = batch_samples.status(images={"retrieved": 7, "failed": 1}, rows={"total": 9, "partial": 9})
    assert headline(outside) == headline(absent) != headline(batch_samples.status())
    assert headline(failed) != headline(batch_samples.status(images={"retrieved": 7}))
    assert not nothing_found(batch_samples.status(images={}, absent={"images": 1, "bands": ["h"]}))


def test_rows_outside_the_survey_are_counted_without_those_of_absent_images() -> None:
    status = batch_samples.status(
        mode="positions",
        rows={"total": 9, "retrieved": 5, "not_covered": 4},
        absent={"images": 3, "bands": ["h"], "held": [], "rows": 3},
    )
    assert numbers(summary_sentences(status))[-2:] == [9, 1]


def test_sizes_are_those_of_the_status() -> None:
    assert re.findall(r"[\d.]+ [kMG]?B\b", summary_sentences(batch_samples.mixed())) == [
        "997 MB", "1 GB", "1.8 GB",
    ]  # fmt: skip


def test_crops_that_reach_beyond_their_image_are_counted() -> None:
    counts = {"retrieved": 7500, "over_limit": 0, "failed": 0}
    cut = batch_samples.status(images={**counts, "crops": 570, "cut_at_edge": 15})
    assert "15 of 570 crops reach beyond their image" in summary_sentences(cut)
    assert not summary_sentences(cut).startswith("Everything")
    none = batch_samples.status(images={**counts, "crops": 570, "cut_at_edge": 0})
    assert summary_sentences(none) == summary_sentences(batch_samples.status())


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
        ({"part": 3, "parts": 3, "lost_before": 0}, 0, "part 3 of 3: all parts are here"),
        ({"part": 3, "parts": 3, "lost_before": 1}, 0, "part 3 of 3"),
        ({"part": 2, "parts": 3, "lost_before": 0}, 9, "part 2 of 3"),
    ],
)
def test_parts_of_a_chain_are_counted(chain: dict[str, Any] | None, left: int, written: str) -> None:
    unretrieved = {"images": 1, "bytes": left} if left else None
    assert part_of_chain(batch_samples.status(chain=chain, unretrieved=unretrieved)) == written


def test_the_last_part_is_not_all_where_an_image_of_its_own_failed() -> None:
    chain = {"part": 3, "parts": 3, "lost_before": 0}
    status = batch_samples.status(chain=chain, images={"retrieved": 1, "failed": 1})
    assert part_of_chain(status) == "part 3 of 3"
