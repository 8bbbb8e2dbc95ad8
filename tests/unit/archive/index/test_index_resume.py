"""An index that stops leaves the old inventory, and goes on where it was."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from skybatch.archive.index import index
from skybatch.inventory.inventory import Inventory
from skybatch.sky.vectors import to_vector
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import atlas_key
from skybatch.surveys.twomass.bands import BANDS
from tests.support.survey.field_images import fill, image, keys_by_image, stored


class Broken(DirectoryTree):
    """Fails after some reads, and counts them."""

    left = 0

    def read_range(self, path: str, start: int, length: int) -> bytes:
        if start == 0:
            Broken.left -= 1
            if Broken.left < 0:
                raise OSError("network is gone")
        return super().read_range(path, start, length)


def test_an_index_cut_off_goes_on_where_it_was(tree: DirectoryTree, tmp_path: Path) -> None:
    fill(tree)
    old = index(tree, "askyw").version
    fill(tree, (45, 57))
    Broken.left = 11
    with pytest.raises(OSError):
        index(Broken(tmp_path), "askyw", checkpoint_images=4, in_flight=1)
    assert Inventory.open(tree, "askyw").version == old
    Broken.left = 1000
    done: list[int] = []
    report = index(Broken(tmp_path), "askyw", progress=done.append)
    assert (report.images, report.reused) == (15, 8)
    assert Broken.left == 1000 - 7
    assert sum(done) == 15
    assert not list((tmp_path / "inventory/askyw/index").glob("*"))


def test_a_file_changed_since_the_stop_is_read_again(tree: DirectoryTree, tmp_path: Path) -> None:
    fill(tree)
    Broken.left = 8
    with pytest.raises(OSError):
        index(Broken(tmp_path), "askyw", checkpoint_images=4, in_flight=1)
    for band in BANDS:
        tree.write(atlas_key(image(9, band)), stored(9, band, dec=33))
        os.utime(tmp_path / atlas_key(image(9, band)), (1, 1))
    report = index(tree, "askyw")
    assert (report.images, report.problems) == (9, ())
    details = Inventory.open(tree, "askyw").details([0, 1, 2])
    assert np.abs(to_vector(details.crval1, details.crval2) - to_vector(83.8, 33.0)).max(axis=1).min() < 1e-12


SLOWLY = """
import sys, time
from pathlib import Path
from typing import Any
from skybatch.archive.index import index
from skybatch.storage.directory_tree import DirectoryTree
class Slow(DirectoryTree):
    def read_range(self, path, start, length):
        time.sleep(0.02)
        return super().read_range(path, start, length)
index(Slow(Path(sys.argv[1])), "askyw", checkpoint_images=3, in_flight=1)
"""


def test_an_index_that_is_killed_leaves_the_old_inventory_and_goes_on(
    tree: DirectoryTree, tmp_path: Path
) -> None:
    fill(tree, (9,))
    old = index(tree, "askyw").version
    fill(tree, tuple(range(10, 30)))
    parts = tmp_path / "inventory/askyw/index"
    killed = subprocess.Popen([sys.executable, "-c", SLOWLY, str(tmp_path)])
    try:
        deadline = time.monotonic() + 30
        while len(list(parts.glob("0*.npy"))) < 2 and time.monotonic() < deadline:
            assert killed.poll() is None
            time.sleep(0.01)
    finally:
        killed.kill()
        killed.wait()
    assert Inventory.open(tree, "askyw").version == old
    report = index(tree, "askyw")
    assert report.images == 63
    assert 6 <= report.reused < 63
    assert keys_by_image(tree)[9] == 1
