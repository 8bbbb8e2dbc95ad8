"""The codes of outcomes: stored in batches, read by programs, told by tables."""

from __future__ import annotations

from skybatch.batch.codes import FailureCode, ImageStatus, Remainder, RowStatus
from skybatch.batch.results.tables import IMAGE_TABLES
from skybatch.errors import SourceError
from skybatch.status import ImageCounts, RowCounts


def test_every_error_of_a_stored_image_has_a_failure_code() -> None:
    codes = {code for code in FailureCode if code.startswith("source_")}
    assert {error.code for error in SourceError.__subclasses__()} == codes


def test_every_image_status_is_one_of_a_row() -> None:
    assert {str(status) for status in ImageStatus} < {str(status) for status in RowStatus}


def test_the_status_of_a_batch_counts_rows_and_images_by_these_codes() -> None:
    assert list(RowCounts().by_outcome()) == list(RowStatus)
    assert set(ImageCounts().to_json()) == {*ImageStatus, "crops", "cut_at_edge"}


def test_every_remainder_has_a_table_to_post_back() -> None:
    assert set(Remainder) < set(IMAGE_TABLES)
