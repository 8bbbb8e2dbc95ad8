"""Batches of the model: bundles are those of the code, and a worker's time is the sum of what it does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skybatch.batch.execution.worker import READ_BOUNDS
from skybatch.bundles.s3_assembler import COPIES_IN_FLIGHT
from tests.support.batches.template import PARAMETERS
from tools.aws_prices import ATLAS_BYTES, aws
from tools.capacity_job import (
    CROP_BYTES,
    PLAIN_BYTES,
    PLAIN_READS,
    TILED_READS,
    WORKER_TIMEOUT,
    Job,
    Load,
    archive_seconds,
    bundle_seconds,
    parts_of,
)

HERE = aws()
ONE = Load(sources=1, reads=1, read_bytes=9_000_000, inflated=0.0, crops=0, files=1, written_bytes=7_500_000)


def test_the_model_has_the_bounds_of_the_code() -> None:
    assert HERE.reads_in_flight == READ_BOUNDS.in_flight
    assert HERE.copies_in_flight == COPIES_IN_FLIGHT
    assert int(PARAMETERS["WorkerTimeout"]["Default"]) == WORKER_TIMEOUT


def test_a_bundle_by_hand() -> None:
    """Two small reads; 60 ms and 9 MB at 75 MB/s; a PUT of 60 ms and 7.5 MB at 75 MB/s."""
    still = replace(HERE, checksum=0.0)
    assert bundle_seconds(ONE, still) == pytest.approx(2 * 0.06 + (0.06 + 0.12) + (0.06 + 0.1))


def test_reading_and_making_overlap_and_requests_may_be_held_back() -> None:
    busy = replace(ONE, inflated=1000.0)
    assert bundle_seconds(busy, HERE) > 1000 * HERE.inflate
    assert bundle_seconds(busy, HERE) == pytest.approx(bundle_seconds(busy, HERE, waited=1.0))
    assert bundle_seconds(ONE, HERE, waited=10.0) > 10.0


def test_every_image_is_in_one_bundle_and_tiles_are_read_in_two_ranges() -> None:
    job = Job(sources=700, files=2, stored_bytes=ATLAS_BYTES, file_bytes=CROP_BYTES)
    assert sum(load.files for load in job.loads) == job.images == 1400
    assert sum(load.reads for load in job.loads) == 700
    tiles = replace(job, tiled=True)
    assert sum(load.reads for load in tiles.loads) == TILED_READS * 700
    assert sum(load.read_bytes for load in tiles.loads) < sum(load.read_bytes for load in job.loads) / 5


def test_plain_numbers_make_a_batch_of_their_size() -> None:
    crops, whole = Job.of(7500, 1500, 172_800_000), Job.of(900, 900, 990_000_000)
    assert (crops.images, crops.bytes, crops.whole) == (7500, 172_800_000, False)
    assert (whole.images, whole.whole) == (900, True)


def test_what_is_long_enough_is_copied_and_all_else_passes_through() -> None:
    long, short = replace(ONE, written_bytes=6_000_000), replace(ONE, written_bytes=1_000_000)
    assert parts_of([long] * 3).copies == 3
    assert parts_of([long] * 3).gathered_bytes == 0
    assert parts_of([short] * 3).copies == 0
    assert parts_of([short] * 3).gathered_bytes == 3_000_000
    assert archive_seconds(parts_of([short] * 300), HERE) > 2 * 300e6 / HERE.network
    assert archive_seconds(parts_of([long] * 50), HERE) < 2


def test_a_batch_over_two_surveys_has_the_images_of_both_and_reads_rows_of_plain_ones() -> None:
    beside = Job(sources=300, files=1, stored_bytes=67_000_000, file_bytes=14_400, plain=True)
    own = Job(sources=200, files=2, stored_bytes=ATLAS_BYTES, file_bytes=CROP_BYTES)
    both = replace(own, beside=beside)
    assert both.images == 700
    assert both.bytes == own.bytes + beside.bytes
    assert sum(load.files for load in both.loads) == 700
    assert sum(load.reads for load in both.loads) == 200 + PLAIN_READS * 300
    assert sum(load.read_bytes for load in both.loads) == 200 * ATLAS_BYTES + 300 * PLAIN_BYTES
    assert sum(load.inflated for load in both.loads) == pytest.approx(200)
