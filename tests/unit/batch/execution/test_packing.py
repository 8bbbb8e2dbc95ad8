"""Packing: every task once, bundles worth a call, none too long for its worker."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.batch.execution import packing
from skybatch.batch.execution.packing import Bundle, Work, bundle_name, estimated_work, output_bytes, pack
from skybatch.batch.plan import Task
from skybatch.fits.pixel_box import PixelBox
from tests.support.batches.batch_fakes import task

WORKER_SECONDS = 30
BOX = PixelBox(0, 0, 50, 50)
CROP = 23_040


def crop(n: int, source: str, size: int = CROP) -> Task:
    return task(n, size=size, source=source, box=BOX, stored_bytes=1_500_000)


def seconds(bundle: Bundle) -> float:
    return sum(map(estimated_work, bundle.sources), Work()).seconds


sizes = st.sampled_from([1, CROP, 2_000_000, 40_000_000])


@given(
    st.lists(st.tuples(st.integers(0, 12), sizes, st.booleans()), max_size=60),
    st.sampled_from([1, 3, 30, 120]),
)
def test_every_task_that_is_not_refused_is_in_one_bundle(
    wanted: list[tuple[int, int, bool]], worker_seconds: float
) -> None:
    tasks = [
        task(n, size=size, source=f"{source}.fits.gz", refusal="larger" if refused else None)
        for n, (source, size, refused) in enumerate(wanted)
    ]
    bundles = pack(tasks, worker_seconds)
    packed = Counter(each.index for bundle in bundles for each in bundle.tasks)
    assert packed == Counter(each.index for each in tasks if each.refusal is None)
    for bundle in bundles:
        assert all(len({each.source for each in group}) == 1 for group in bundle.sources)
        alone = len(bundle.tasks) == 1
        assert alone or output_bytes(bundle.tasks) <= packing.MOST_OUTPUT_BYTES
        assert alone or seconds(bundle) <= min(packing.MOST_SECONDS, worker_seconds / 5) + 1e-9


def test_crops_of_a_few_images_make_bundles_that_s3_copies() -> None:
    tasks = [crop(n, f"{n % 250}.fits.gz") for n in range(2500)]
    bundles = pack(tasks, WORKER_SECONDS)
    assert all(output_bytes(bundle.tasks) >= packing.LEAST_OUTPUT_BYTES for bundle in bundles[:-1])
    assert 5 <= len(bundles) <= 12


def test_crops_of_an_image_each_make_bundles_that_s3_copies_too() -> None:
    bundles = pack([crop(n, f"{n}.fits.gz") for n in range(10_092)], WORKER_SECONDS)
    assert all(output_bytes(bundle.tasks) >= packing.LEAST_OUTPUT_BYTES for bundle in bundles[:-1])
    assert 40 <= len(bundles) <= 60


def test_crops_of_large_images_each_are_bounded_by_their_work() -> None:
    tasks = [task(n, size=CROP, source=f"{n}.fits.gz", box=BOX, stored_bytes=8_000_000) for n in range(1000)]
    bundles = pack(tasks, WORKER_SECONDS)
    assert all(seconds(bundle) > packing.MOST_SECONDS * 0.9 for bundle in bundles[:-1])
    assert all(seconds(bundle) <= packing.MOST_SECONDS for bundle in bundles)


def test_reading_is_beside_cutting_and_before_writing() -> None:
    assert (Work(3, 2, 1) + Work(1, 3, 1)).seconds == 5 + 2


def test_whole_images_are_taken_several_at_a_time() -> None:
    tasks = [task(n, size=1_500_000, delivery_format="fits.gz", stored_bytes=1_500_000) for n in range(700)]
    bundles = pack(tasks, WORKER_SECONDS)
    assert all(
        packing.LEAST_OUTPUT_BYTES <= output_bytes(each.tasks) <= packing.MOST_OUTPUT_BYTES
        for each in bundles[:-1]
    )
    assert 30 <= len(bundles) <= 150


def test_many_crops_of_one_image_span_bundles() -> None:
    bundles = pack([crop(n, "one.fits.gz") for n in range(5000)], WORKER_SECONDS)
    assert len(bundles) > 3
    assert {len(bundle.sources) for bundle in bundles} == {1}


def test_the_order_is_that_of_first_need() -> None:
    tasks = [crop(0, "b"), crop(1, "a"), crop(2, "b"), crop(3, "c")]
    (bundle,) = pack(tasks, WORKER_SECONDS)
    assert bundle.numbers == ((0, 2), (1,), (3,))


@pytest.mark.parametrize("other", [[3, 5], [3, 4, 6], [2, 4, 5]])
def test_a_name_is_of_its_tasks_and_attempt_alone(other: list[int]) -> None:
    assert bundle_name([3, 4, 5]) == bundle_name((3, 4, 5))
    assert bundle_name([3, 4, 5]).startswith("000003-")
    assert bundle_name(other) != bundle_name([3, 4, 5]) != bundle_name([3, 4, 5], attempt=1)


def test_an_image_made_anew_as_gzip_is_more_work_than_one_that_is_passed_on() -> None:
    made = task(0, size=2_000_000, source="a.fits.fz", delivery_format="fits.gz", stored_bytes=1_500_000)
    passed = task(0, size=2_000_000, source="a.fits.gz", delivery_format="fits.gz", stored_bytes=1_500_000)
    assert estimated_work([made]).seconds > estimated_work([passed]).seconds + 0.05


def test_a_small_batch_is_few_bundles_and_a_large_one_is_spread_over_workers() -> None:
    """2500 crops of 250 images are some ten seconds of work; four times as many are more than twenty."""

    def bundles(count: int) -> int:
        box = PixelBox(0, 0, 50, 50)
        stored = [f"{n % (count // 10)}.fits.gz" for n in range(count)]
        tasks = [task(n, 23_040, source=stored[n], box=box, stored_bytes=1_500_000) for n in range(count)]
        return len(pack(tasks, 30))

    assert bundles(2500) <= 6
    assert bundles(10_000) >= 40
