"""A batch that failed as a whole: its reason as a sentence, and advice by reason."""

from __future__ import annotations

import pytest

from skybatch.presentation.failure import failure_advice, failure_sentence
from tests.support.batches import batch_samples


def advice(reason: str | None) -> str:
    return failure_advice(batch_samples.status("failed", reason=reason))


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("too_large: 214,000 images match", "214,000 images match."),
        ("214000 image sets match, and the limit is 9", "214000 image sets match, and the limit is 9."),
        ("larger than the limit!", "Larger than the limit!"),
        ("inventory: cannot be read", "Cannot be read."),
        ("States.Timeout: it timed out", "States.Timeout: it timed out."),
    ],
)
def test_a_reason_becomes_a_sentence_without_its_code(reason: str, sentence: str) -> None:
    assert failure_sentence(batch_samples.status("failed", reason=reason)) == sentence


@pytest.mark.parametrize("reason", [None, "", "inventory: "])
def test_a_missing_reason_still_gives_a_sentence(reason: str | None) -> None:
    sentence = failure_sentence(batch_samples.status("failed", reason=reason))
    assert sentence[0].isupper()
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("reason", "same"),
    [
        ("too_large: 214,000 images match", "214000 image sets match, and the limit is 9"),
        ("the inventory cannot be read", "Inventory: no version"),
        ("States.Timeout: it timed out", "the deadline has passed"),
    ],
)
def test_advice_goes_by_the_kind_of_failure(reason: str, same: str) -> None:
    assert advice(reason) == advice(same) != advice(None)


def test_each_kind_of_failure_has_its_own_advice() -> None:
    kinds = ["larger than the limit", "too_large", "inventory", "timed out", None]
    assert len({advice(reason) for reason in kinds}) == len(kinds)
