"""Bands that rows lack where each has a footprint of its own: not in the archive, or beside the position."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from skybatch.archive.described.index import index_described
from skybatch.batch.planning.bands_apart import absent_of_sets, beside_positions, matched_bands
from skybatch.batch.planning.drafts import draft
from skybatch.batch.planning.matching import match
from skybatch.errors import TooLarge
from skybatch.inventory.inventory import Inventory
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.status import AbsentImages
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_type import ImageType
from tests.support.survey.wise_frames import BANDS, DESCRIPTION, Frame, known_frames, write_frames

ALL, TWO = Frame("00001a", 1, 10.0, 5.0), Frame("00001a", 2, 10.02, 5.0, bands=("w2", "w4"))
HERE = SkyPosition(10.0, 5.0)


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inventory]:
    tree = DirectoryTree(tmp_path_factory.mktemp("tree"))
    write_frames(tree, (ALL, TWO), shrink=16)
    with known_frames():
        index_described(tree, DESCRIPTION, "frames.toml")
        yield Inventory.open(tree, "frames")


def request(mode: Mode, *rows: Row) -> Request:
    return Request(
        mode=mode,
        bands=BANDS,
        image_type=ImageType.ATLAS,
        decompress=True,
        delivery_format="fits",
        dataset="frames",
        rows=rows,
    )


def absent(inventory: Inventory, mode: Mode, *rows: Row) -> dict[int, AbsentImages]:
    asked = request(mode, *rows)
    matches = match(asked, range(len(rows)), inventory, 1000)
    return absent_of_sets(asked, inventory, matches, inventory.details(matches.set_index))


def test_each_set_of_a_position_lacks_its_bands_and_the_best_those_of_none(inventory: Inventory) -> None:
    every, best = Row(1, BANDS, position=HERE), Row(2, BANDS, position=HERE, best_only=True)
    assert absent(inventory, Mode.POSITIONS, every) == {0: AbsentImages(2, ("w1", "w3"), BANDS)}
    assert absent(inventory, Mode.POSITIONS, best) == {}
    assert absent(inventory, Mode.POSITIONS, Row(3, ("w2", "w4"), position=HERE)) == {}


def test_listed_images_are_absent_once(inventory: Inventory) -> None:
    rows = [Row(n, bands, image_id=TWO.id) for n, bands in enumerate((("w1", "w2"), ("w1",), ("w3",)))]
    held = ("w2", "w4")
    assert absent(inventory, Mode.IMAGE_IDS, *rows) == {
        0: AbsentImages(1, ("w1",), held),
        2: AbsentImages(1, ("w3",), held),
    }


def test_bands_beside_a_position_are_told(inventory: Inventory, tmp_path: Path) -> None:
    found = inventory.by_image_id([ALL.id]).set_index
    asked = request(Mode.POSITIONS, Row(1, BANDS, position=HERE))
    matches = match(asked, [0], inventory, 1000)
    some = matches.set_index != found[inventory.own_bands(found) == 0]
    fewer = type(matches)(matches.row_index[some], matches.set_index[some])
    assert matched_bands(inventory, fewer) == {0: {"w2", "w3", "w4"}}
    assert beside_positions(asked, inventory, fewer, {}) == {0: ("w1",)}
    assert beside_positions(asked, inventory, fewer, {0: AbsentImages(1, ("w1",))}) == {}
    assert beside_positions(request(Mode.IMAGE_IDS), inventory, fewer, {}) == {}


def test_images_of_the_bands_asked_for_alone_are_counted(inventory: Inventory) -> None:
    rows = [Row(1, ("w2",), position=HERE), Row(2, BANDS, position=HERE, best_only=True)]
    drafts = draft(request(Mode.POSITIONS, *rows), lambda *_: inventory, 10**9, 6)
    assert sorted((task.row, task.band) for task in drafts.tasks) == [
        (0, "w2"), (0, "w2"), *((1, band) for band in BANDS),
    ]  # fmt: skip
    with pytest.raises(TooLarge):
        draft(request(Mode.POSITIONS, *rows), lambda *_: inventory, 10**9, 5)
    listed = request(Mode.IMAGE_IDS, Row(1, ("w1",), image_id=ALL.id), Row(2, BANDS, image_id=TWO.id))
    assert len(draft(listed, lambda *_: inventory, 10**9, 3).tasks) == 3
    with pytest.raises(TooLarge):
        draft(listed, lambda *_: inventory, 10**9, 2)
    assert np.array_equal(inventory.own_bands(np.zeros(0, np.intp)), np.zeros(0))
