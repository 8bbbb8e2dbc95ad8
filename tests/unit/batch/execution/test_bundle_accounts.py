"""What bundles say is held to the plan: what does not fit it is absent, and told in the log."""

from __future__ import annotations

from collections.abc import Callable

import obstore
import pytest

from skybatch.batch import keys
from skybatch.batch.execution.bundle_accounts import SIZE_TOLERANCE, BundleReader, may_have_size
from skybatch.batch.execution.stretches import load_stretches
from skybatch.batch.plan import Task
from skybatch.bundles.bundle_format import FailedTask
from skybatch.bundles.bundle_writer import BundleWriter
from skybatch.fits.pixel_box import PixelBox
from tests.support.batches.batch_fakes import FakeBatch, task
from tests.support.batches.made_bundles import made_bundle, put_bundle

TASKS = [task(n, source=f"{n // 2}") for n in range(6)]


@pytest.fixture
def batch() -> FakeBatch:
    made = FakeBatch(TASKS, worker_seconds=30)
    made.dispatch()
    return made


def reader(batch: FakeBatch) -> BundleReader:
    return BundleReader(batch.store, batch.plan, load_stretches(batch.store))


def names(batch: FakeBatch) -> list[str]:
    """The whole bundle's, then those of its stored images at both attempts."""
    (bundle,) = load_stretches(batch.store)[0].bundles
    return [bundle.name, *(bundle.piece_name(n, attempt) for attempt in (1, 2) for n in range(3))]


def files(*numbers: int) -> dict[Task, bytes]:
    return {TASKS[number]: bytes(100) for number in numbers}


def test_names_of_a_bundle_and_of_its_stored_images_have_their_tasks(batch: FakeBatch) -> None:
    found = [sorted(reader(batch).planned_numbers(name)) for name in names(batch)]
    assert found == [[0, 1, 2, 3, 4, 5], *([[0, 1], [2, 3], [4, 5]] * 2)]
    for name in ("000000-000000000000", "000001-abc", "x", "-", "999999-abc"):
        assert not reader(batch).planned_numbers(name)


def test_places_and_failures_are_those_of_the_index(batch: FakeBatch) -> None:
    failed = FailedTask(4, "source_damaged", "truncated")
    put_bundle(batch.store, names(batch)[0], made_bundle(batch.store, files(0, 2), [failed]))
    bundles = reader(batch)
    (account,) = bundles.read(bundles.listed())
    assert account.failures == (failed,)
    assert {number: place.length for number, place in account.places.items()} == {0: 100, 2: 100}


def broken_name(batch: FakeBatch) -> BundleWriter:
    """A file under another batch's folder."""
    writer = BundleWriter()
    writer.add_file(0, "x" * 300, bytes(100))
    return writer


UNSOUND: dict[str, Callable[[FakeBatch], BundleWriter]] = {
    "a task of another object": lambda batch: made_bundle(batch.store, files(0, 2)),
    "a failure of another object": lambda batch: made_bundle(
        batch.store, files(0), [FailedTask(5, "source_damaged", "")]
    ),
    "another header": broken_name,
    "a size that cannot be": lambda batch: made_bundle(batch.store, {TASKS[0]: bytes(SIZE_TOLERANCE + 200)}),
}


@pytest.mark.parametrize("case", UNSOUND)
def test_what_the_plan_does_not_want_is_absent_and_logged(
    batch: FakeBatch, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    put_bundle(batch.store, names(batch)[1], UNSOUND[case](batch))
    bundles = reader(batch)
    (account,) = bundles.read(bundles.listed())
    assert (account.places, account.failures) == ({}, ())
    assert "counts as absent" in caplog.text


@pytest.mark.parametrize("cut", [1, 41, 200, 700])
def test_an_object_cut_short_is_absent(batch: FakeBatch, cut: int) -> None:
    whole = b"".join(made_bundle(batch.store, files(0, 1)).pieces())
    obstore.put(batch.store.objects, batch.store.path(keys.bundle(names(batch)[1])), whole[:-cut])
    bundles = reader(batch)
    (account,) = bundles.read(bundles.listed())
    assert account.places == {}


def test_objects_of_names_that_nobody_planned_are_not_read(batch: FakeBatch) -> None:
    put_bundle(batch.store, "000000-000000000000", made_bundle(batch.store, files(0)))
    bundles = reader(batch)
    assert list(bundles.read(bundles.listed())) == []


def test_an_object_that_was_replaced_after_it_was_listed_is_absent(batch: FakeBatch) -> None:
    put_bundle(batch.store, names(batch)[1], made_bundle(batch.store, files(0)))
    bundles = reader(batch)
    listed = bundles.listed()
    other = b"".join(made_bundle(batch.store, files(1)).pieces())
    obstore.put(batch.store.objects, batch.store.path(keys.bundle(names(batch)[1])), other)
    (account,) = bundles.read(listed)
    assert account.places == {}


@pytest.mark.parametrize(
    ("form", "box", "size", "may"),
    [
        ("fits", PixelBox(0, 0, 5, 5), 1000, True),
        ("fits", PixelBox(0, 0, 5, 5), 1000 + 2880, True),  # another header than the inventory says
        ("fits", PixelBox(0, 0, 5, 5), 1000 + 2 * SIZE_TOLERANCE, False),
        ("fits.gz", None, 10, True),  # compressed anew: at most what was planned
        ("fits.gz", None, 0, False),
        ("fits.gz", None, 1000 + 2 * SIZE_TOLERANCE, False),
    ],
)
def test_sizes_that_a_task_may_have(form: str, box: PixelBox | None, size: int, may: bool) -> None:
    assert may_have_size(task(0, size=1000, delivery_format=form, box=box), size) is may
