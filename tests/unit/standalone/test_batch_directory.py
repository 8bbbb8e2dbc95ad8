"""A directory as the store of a batch: whole files, one winner, sorted listings, one owner."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from skybatch.batch import keys
from skybatch.errors import Conflict
from skybatch.standalone.batch_directory import WORK, BatchDirectory, locked, place_new
from tests.support.batches.batch_fakes import BATCH_ID


@pytest.fixture
def store(tmp_path: Path) -> BatchDirectory:
    return BatchDirectory(tmp_path / "out", BATCH_ID)


def test_results_are_at_the_top_and_all_else_is_hidden(store: BatchDirectory) -> None:
    store.write(keys.result("images.tbl"), b"table", "text/plain")
    store.create(keys.PLAN, b"plan")
    assert (store.root / "images.tbl").read_bytes() == b"table"
    assert (store.root / WORK / keys.PLAN).read_bytes() == b"plan"
    for name in (keys.result("images.tbl"), keys.PLAN, keys.bundle("1")):
        assert store.name_of(store.path(name)) == name


def test_reading_is_that_of_any_store(store: BatchDirectory) -> None:
    store.write("a", b"0123456789")
    assert (store.read("a"), store.size("a"), store.read_range("a", 2, 3)) == (b"0123456789", 10, b"234")
    assert (store.read("absent"), store.size("absent"), store.exists("absent")) == (None, None, False)
    assert list(store.read_many(["a", "absent"])) == [b"0123456789", None]
    with pytest.raises(FileNotFoundError):
        store.read_range("absent", 0, 1)
    store.delete("a")
    store.delete("a")
    assert not store.exists("a")


def test_one_writer_creates_a_file_and_overwriting_replaces_it(store: BatchDirectory) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda n: store.create("k", b"%d" % n), range(32)))
    assert made.count(True) == 1
    assert store.read("k") == b"%d" % made.index(True)
    store.write("k", b"next")
    assert store.read("k") == b"next"
    assert not store.create_of_pieces("k", [b"1", b"2"])
    assert store.create_of_pieces("pieces", [b"1", b"2"])
    assert store.read("pieces") == b"12"
    assert [path.name for path in (store.root / WORK).iterdir()].count("k") == 1
    assert not [path for path in (store.root / WORK).iterdir() if "#" in path.name]


def test_where_there_are_no_hard_links_one_writer_wins_too(tmp_path: Path) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    def write(n: int) -> bool:
        partial = tmp_path / f"k#{n}"
        partial.write_bytes(b"%d" % n)
        try:
            place_new(partial, tmp_path / "k", no_links)
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(write, range(32)))
    assert made.count(True) == 1
    assert (tmp_path / "k").read_bytes() == b"%d" % made.index(True)


def test_listings_are_sorted_and_leave_out_what_is_being_written(store: BatchDirectory) -> None:
    for n in (3, 1, 20, 2):
        store.create(keys.bundle(f"{n:03d}"), b"x")
    (store.file(keys.bundle("000#7"))).write_bytes(b"half")
    assert [stored.name for stored in store.list(keys.BUNDLES)] == ["001", "002", "003", "020"]
    assert [stored.name for stored in store.list(keys.BUNDLES, "002")] == ["003", "020"]
    assert all(stored.etag for stored in store.list(keys.BUNDLES))
    assert list(store.list("nothing")) == []


def test_leftovers_of_a_run_that_died_are_removed(store: BatchDirectory) -> None:
    store.create(keys.bundle("001"), b"whole")
    store.write(keys.result("rows.tbl"), b"whole")
    left = [store.file(keys.bundle("002#1-1")), store.root / "images.tar#1-2", store.file(keys.bundle("003"))]
    for path in left:
        path.write_bytes(b"half" if "#" in path.name else b"")
    with locked(store.root):
        assert store.remove_leftovers() == 3
        assert store.exists(keys.bundle("001"))
        assert (store.root / "rows.tbl").exists()
        assert not any(path.exists() for path in left)


def test_a_directory_has_one_owner_at_a_time_and_a_dead_one_none(tmp_path: Path) -> None:
    hold = (
        "import sys, pathlib; from skybatch.standalone.batch_directory import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Conflict), locked(tmp_path):
            pass
        other.kill()
    with locked(tmp_path):
        pass
