"""Stretches: written once, and read a line at a time."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch.execution.packing import Bundle, bundle_name
from skybatch.batch.execution.stretches import (
    HEAD_READ_BYTES,
    create_stretch,
    load_stretch,
    load_stretches,
    read_tasks,
)
from skybatch.batch.store import BatchStore
from tests.support.batches.batch_fakes import BATCH_ID, task

FIRST = Bundle(((task(0, source="a"), task(2, source="a")), (task(1, source="b"),)))
SECOND = Bundle(((task(3, source="c", id="α Ori"),),))


def store() -> BatchStore:
    return BatchStore(MemoryStore(), BATCH_ID)


def test_a_stretch_is_read_as_it_was_written() -> None:
    made = store()
    stretch = create_stretch(made, 0, 5, [FIRST, SECOND])
    assert load_stretch(made, 0) == stretch
    assert (stretch.start, stretch.stop) == (0, 5)
    assert [planned.numbers for planned in stretch.bundles] == [((0, 2), (1,)), ((3,),)]
    for planned, bundle in zip(stretch.bundles, (FIRST, SECOND), strict=True):
        assert read_tasks(made, 0, planned.at, planned.length) == bundle


def test_the_first_writer_wins() -> None:
    made = store()
    stretch = create_stretch(made, 0, 5, [FIRST])
    assert create_stretch(made, 0, 4, [SECOND]) == stretch
    assert load_stretch(made, 0) == stretch


def test_stretches_come_in_plan_order() -> None:
    made = store()
    for start in (100, 0, 20):
        create_stretch(made, start, start + 1, [])
    assert [stretch.start for stretch in load_stretches(made)] == [0, 20, 100]
    assert load_stretch(made, 7) is None


def test_a_head_longer_than_the_first_read_is_read_whole() -> None:
    made = store()
    bundles = [Bundle(((task(n),),)) for n in range(20_000)]
    stretch = create_stretch(made, 0, 20_000, bundles)
    assert stretch.bundles[0].at > HEAD_READ_BYTES
    assert load_stretch(made, 0) == stretch
    last = stretch.bundles[-1]
    assert read_tasks(made, 0, last.at, last.length) == bundles[-1]


def test_names_of_a_bundle_and_its_pieces_are_all_different() -> None:
    (planned,) = create_stretch(store(), 0, 5, [FIRST]).bundles
    pieces = [planned.piece_name(source, attempt) for source in (0, 1) for attempt in (1, 2)]
    assert len({planned.name, *pieces}) == 5
    assert planned.name == bundle_name([0, 2, 1])
    assert pieces[0].startswith("000000-")
