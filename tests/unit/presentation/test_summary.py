"""A batch told in words: every end of a batch has its own sentence, and parts are counted."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.batch.codes import RowStatus
from skybatch.batch.reasons import group_reasons
from skybatch.batch.request_facts import request_facts
from skybatch.presentation import summary
from skybatch.presentation.request_summary import asked_details, asked_sentence
from skybatch.requests.model import Mode, Row
from skybatch.surveys.image_type import ImageType
from tests.support import batch_samples


def told(**changes: Any) -> str:
    return summary.summary(summary.whole(batch_samples.status(**changes)))


def one(**images: int) -> dict[str, Any]:
    counts = {"retrieved": 0, "over_limit": 0, "failed": 0, **images}
    return {"images": counts, "bytes": 1_000_000, "request": batch_samples.region_request()}


def test_every_end_has_its_own_sentence() -> None:
    assert told() == "Everything you asked for is here: 7,500 images (173 MB)."
    assert told(rows={"total": 1, "not_covered": 1}, **one()) == "No image set matches what you asked for."
    assert told(rows={"total": 1, "unresolved": 1}, **one()) == "No image could be retrieved."
    assert told(rows={"total": 1, "failed": 1}, **one(failed=3)) == "No image could be retrieved."
    assert told(rows={"total": 1, "partial": 1}, **one(retrieved=1, failed=2)) == "1 image (1 MB) is here."
    assert told(state="failed") == "This batch failed, and no images can be delivered."
    assert told(state="cancelled", rows={"total": 9, "retrieved": 8, "cancelled": 1}).startswith(
        "This batch was cancelled. 7,500 images (173 MB) are here; 1 of 9 rows lacks some or all images."
    )


def test_repeated_rows_miss_nothing() -> None:
    assert told(rows={"total": 9, "retrieved": 5, "duplicate": 4}).startswith(
        "Everything you asked for is here"
    )


def test_every_outcome_of_a_row_has_its_words() -> None:
    assert set(summary.OUTCOMES) == set(RowStatus)


def test_nothing_asked_for_is_found_by_no_name_either() -> None:
    unknown = batch_samples.status(rows={"total": 1, "unresolved": 1}, **one())
    assert not summary.nothing_found(unknown)
    assert summary.headline(unknown) == "nothing could be retrieved"


@pytest.mark.parametrize(
    ("chain", "left", "words"),
    [
        (None, 0, ""),
        ({"part": 1, "previous": None, "next": None}, 0, ""),
        ({"part": 1}, 2_500_000_000, "part 1 of about 4"),
        ({"part": 3, "previous": "x"}, 1, "part 3 of about 4"),
        ({"part": 4, "previous": "x"}, 0, "part 4 of 4"),
        ({"part": 2, "parts": 5}, 9, "part 2 of 5"),
    ],
)
def test_parts_of_a_chain_are_counted(chain: dict[str, Any] | None, left: int, words: str) -> None:
    unretrieved = {"images": 1, "bytes": left} if left else None
    assert summary.part(batch_samples.status(chain=chain, unretrieved=unretrieved)) == words


def test_a_group_of_reasons_is_told_with_its_first_rows() -> None:
    rows = [{"outcome": "failed", "reason": "source_missing", "row": n, "id": None} for n in range(1, 10)]
    rows += [{"outcome": "failed", "reason": "gave_up: 3 sends", "row": 20, "id": "m31"}]
    rows += [{"outcome": "retrieved", "reason": None, "row": 21, "id": "x"}]
    groups = group_reasons(reversed(rows))
    assert [summary.reason_sentence(group) for group in groups] == [
        "the archive lists the image but does not hold it: 9, rows 9, 8, 7, 6, 5 and others",
        "several attempts to make the image did not finish (3 sends): 1, row 20 (m31)",
    ]


@pytest.mark.parametrize(
    ("reason", "sentence", "advice"),
    [
        ("too_large: 214,000 images match", "214,000 images match.", "Split the request"),
        (
            "214000 image sets match, and the limit is 9",
            "214000 image sets match, and the limit is 9.",
            "Split",
        ),
        ("larger than the limit", "Larger than the limit.", "Ask for crops"),
        ("inventory: cannot be read", "Cannot be read.", "Submit the same request again later"),
        ("States.Timeout: it timed out", "States.Timeout: it timed out.", "in two halves"),
        (
            None,
            "The service stopped before the batch was finished, and left no reason.",
            "tell the operators",
        ),
    ],
)
def test_a_failure_says_what_happened_and_what_to_do(reason: str | None, sentence: str, advice: str) -> None:
    status = batch_samples.status("failed", reason=reason)
    assert summary.failure(status) == sentence
    assert advice in summary.advice(status)


def test_what_was_asked_is_told_by_mode() -> None:
    scan = batch_samples.positions_request(
        mode=Mode.SCAN, rows=(Row(1, ("j",), date="971031", hem="n", scan=96),), bands=("j",)
    )
    keys = batch_samples.positions_request(
        mode=Mode.COADD_KEYS, rows=(Row(1, ("k",), coadd_key=7),), bands=("k",)
    )
    assert asked_sentence(request_facts(scan)) == "J Atlas images of scan 96 of the night 971031, north"
    assert asked_sentence(request_facts(keys)) == "Ks Atlas images for 1 coadd key"
    assert "wholly cover the circle" in asked_sentence(
        request_facts(batch_samples.region_request(region=batch_samples.Region(None, "m83", 1.0, "cover")))
    )


def test_the_data_set_is_told_by_its_title() -> None:
    request = batch_samples.positions_request(
        rows=(Row(1, ("j",), coadd_key=7, image_type=ImageType.QUICKLOOK),)
    )
    assert ("Data set", "2MASS Full Survey") in asked_details(request_facts(request))


def test_what_did_not_fit_is_told_by_how_to_have_it_not_as_a_fault() -> None:
    status = {
        "state": "complete",
        "rows": {"total": 2, "partial": 1, "over_limit": 1},
        "reasons": [
            {"outcome": "partial", "reason": summary.BEYOND_LIMIT, "rows": 1, "named": ["1"]},
            {"outcome": "partial", "reason": "source_damaged", "rows": 1, "named": ["1"]},
        ],
    }
    told = {outcome.code: outcome.reasons for outcome in summary.outcomes(status)}
    assert told == {"partial": ("the stored file is damaged: 1, row 1",), "over_limit": ()}
