"""How it is known which images of metadata tables are stored."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from skybatch.archive.described.existence import Existence, Stored, stored_images
from skybatch.archive.described.headers import Mismatch, ReadImage
from skybatch.archive.described.table_images import read_table_images
from skybatch.errors import AccessRefused, InvalidRequest, InventoryError
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.catalogue import packaged_description, packaged_survey
from skybatch.surveys.description.reader import read_survey
from tests.support.survey.described.allwise_table import allwise_table, table_text
from tests.support.survey.described.allwise_tree import MAGZP, SURVEY, TILES, fill, key, tile_image
from tests.support.survey.shipped.wise import FRAME
from tests.support.survey.shipped.wise import key as frame_key

TILE, OTHER = TILES


@dataclass(frozen=True)
class GuardedTree(DirectoryTree):
    """A tree that may not be listed; it refuses what is not there, and what has ``guarded`` in its path."""

    guarded: str = ""
    asked: list[str] = field(default_factory=list)

    def read_start(self, path: str, length: int) -> tuple[bytes, int]:
        self.asked.append(path)
        if self.guarded in path or not (self.root / path).exists():
            raise AccessRefused("403")
        return super().read_start(path, length)


def stored(tree: DirectoryTree, existence: Existence, tmp_path: Path) -> Stored:
    table = tmp_path / "meta.tbl"
    table.write_text(table_text(allwise_table()))
    return stored_images(tree, SURVEY, read_table_images([table], SURVEY), existence, 4)


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    made = DirectoryTree(tmp_path / "tree")
    fill(made)
    return made


def read(found: Stored) -> list[ReadImage]:
    return [image for image in found.images if isinstance(image, ReadImage)]


def test_a_listing_has_every_form_and_what_is_in_no_table(tree: DirectoryTree, tmp_path: Path) -> None:
    tree.delete(key(OTHER, 4))
    tree.delete(key(OTHER, 4, ending="fits.gz"))
    tree.write(key("0000p000_ac51", 1), b"x")
    found = stored(tree, "listing", tmp_path)
    assert len(read(found)) == 2 * 7
    assert read(found)[0].bytes == len(tile_image(TILE, 1))
    unknown, missing = found.problems
    assert unknown.place == key("0000p000_ac51", 1)
    assert "1 images" in missing.reason


def test_tiles_that_are_listed_have_the_values_and_the_place_of_the_table(tmp_path: Path) -> None:
    text = packaged_description("allwise").replace('forms = ["fits", "fits.gz"]', 'forms = ["fits.fz"]')
    survey = read_survey(text.replace('read = ["fits", "fits.gz"]', ""), "allwise.toml")
    table, tree = tmp_path / "meta.csv", DirectoryTree(tmp_path / "tree")
    table.write_text(table_text(allwise_table(), "csv"))
    for band, cards in ((1, {"MAGZP": None}), (2, {"CRVAL1": TILES[TILE][0] + 0.01})):
        image = tile_image(TILE, band, **cards)
        tree.write(key(TILE, band, ending="fits.fz"), compress_tiled(image).content)
    found = stored_images(tree, survey, read_table_images([table], survey), "listing", 1)
    (right,) = read(found)
    (wrong,) = [each for each in found.images if isinstance(each, Mismatch)]
    assert (right.values["magzp"], right.tile_heap > 0) == (MAGZP[1], True)
    assert (wrong.place, "line" in wrong.reason) == (key(TILE, 2, ending="fits.fz"), True)


def test_a_probe_reads_each_header_by_one_request(tmp_path: Path) -> None:
    tree = GuardedTree(tmp_path / "tree", guarded="none")
    fill(tree)
    found = stored(tree, "probe", tmp_path)
    assert (len(read(found)), len(tree.asked), found.problems) == (8, 8, [])
    assert read(found)[0].bytes == len(tile_image(TILE, 1))
    assert {image.cards for image in read(found)} == {70}
    assert {image.key.form for image in read(found)} == {"fits"}


def test_what_a_store_refuses_beside_what_it_gives_is_missing(tmp_path: Path) -> None:
    tree = GuardedTree(tmp_path / "tree", guarded=OTHER)
    fill(tree)
    found = stored(tree, "probe", tmp_path)
    assert len(read(found)) == 4
    assert "4 images" in found.problems[0].reason


def test_a_store_that_refuses_everything_is_an_alarm(tmp_path: Path) -> None:
    tree = GuardedTree(tmp_path / "tree")
    with pytest.raises(InventoryError, match="every image is refused"):
        stored(tree, "probe", tmp_path)


def test_a_probe_finds_images_that_lie_elsewhere(tree: DirectoryTree, tmp_path: Path) -> None:
    tree.write(key(TILE, 2), tile_image(TILE, 2, CRVAL1=TILES[TILE][0] + 0.01))
    (wrong,) = [each for each in stored(tree, "probe", tmp_path).images if isinstance(each, Mismatch)]
    assert (wrong.place, "line" in wrong.reason) == (key(TILE, 2), True)


def test_an_absent_plain_file_leaves_the_gzipped_one(tree: DirectoryTree, tmp_path: Path) -> None:
    tree.delete(key(TILE, 2))
    forms = {(image.key.band, image.key.form) for image in read(stored(tree, "probe", tmp_path))}
    assert ("w2", "fits.gz") in forms


def test_assumed_images_have_the_size_of_their_pixels_and_header(tmp_path: Path) -> None:
    found = stored(DirectoryTree(tmp_path / "nothing"), "assumed", tmp_path)
    assert {image.bytes for image in read(found)} == {len(tile_image(TILE, 1))}
    assert read(found)[0].path == key(TILE, 1)


def test_gzipped_images_cannot_be_assumed(tmp_path: Path) -> None:
    text = packaged_description("allwise").replace('forms = ["fits", "fits.gz"]', 'forms = ["fits.gz"]')
    survey = read_survey(text.replace('read = ["fits", "fits.gz"]', ""), "allwise.toml")
    table = tmp_path / "meta.csv"
    table.write_text(table_text(allwise_table(), "csv"))
    images = read_table_images([table], survey)
    with pytest.raises(InvalidRequest, match=r"\.fits\.gz"):
        stored_images(DirectoryTree(tmp_path), survey, images, "assumed", 1)


def test_tables_that_do_not_place_images_need_their_headers(tree: DirectoryTree, tmp_path: Path) -> None:
    table = allwise_table()
    table.remove_columns(["naxis1", "naxis2", "crpix1", "crpix2"])
    (tmp_path / "meta.csv").write_text(table_text(table, "csv"))
    images = read_table_images([tmp_path / "meta.csv"], SURVEY)
    for existence in ("listing", "assumed"):
        with pytest.raises(InvalidRequest, match=r"meta\.csv, line 2: .* no naxis1; --existence probe"):
            stored_images(tree, SURVEY, images, existence, 1)
    found = stored_images(tree, SURVEY, images, "probe", 4)
    assert len(read(found)) == len(images) == 8
    assert {image.naxis1 for image in read(found)} == {128}
    assert {image.values["magzp"] for image in read(found)} == set(MAGZP.values())


@dataclass(frozen=True)
class CountingTree(DirectoryTree):
    """A tree that notes the bytes of each request."""

    asked: list[int] = field(default_factory=list)

    def read_start(self, path: str, length: int) -> tuple[bytes, int]:
        self.asked.append(length)
        return super().read_start(path, length)

    def read_range(self, path: str, start: int, length: int) -> bytes:
        self.asked.append(length)
        return super().read_range(path, start, length)


def test_a_long_header_is_one_request_where_the_description_tells_its_blocks(tmp_path: Path) -> None:
    tree, survey = CountingTree(tmp_path / "tree"), packaged_survey("neowise")
    header = fits.Header(FRAME.cards("w1", 16))
    header.extend([("COMMENT", "of fourteen blocks")] * (36 * 13 - 40), bottom=True)
    file = io.BytesIO()
    fits.PrimaryHDU(np.zeros((63, 63), np.float32), header).writeto(file)
    tree.write(frame_key("neowise", "w1"), file.getvalue())
    (tmp_path / "frames.csv").write_text(f"scan_id,frame_num,band\n{FRAME.scan},{FRAME.number},1\n")
    images = read_table_images([tmp_path / "frames.csv"], survey)
    (found,) = read(stored_images(tree, survey, images, "probe", 1))
    assert (found.blocks, tree.asked) == (14, [14 * 2880])
