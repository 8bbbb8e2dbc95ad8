"""A survey indexed by its description alone: published whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.archive.described.existence import Existence
from skybatch.archive.described.index import index_described, index_tables
from skybatch.errors import DatasetAbsent, InvalidSurvey
from skybatch.inventory.held_surveys import HELD
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.catalogue import packaged_description
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import forget
from tests.support.images.fits_files import gzipped
from tests.support.survey.described import allwise_tree
from tests.support.survey.described.allwise_table import allwise_table, table_text
from tests.support.survey.described.first_tree import FIELDS, description, first_image, key


def test_the_inventory_has_every_image(tree: DirectoryTree, survey: Survey) -> None:
    report = index_described(tree, description(), "first.toml")["first"]
    assert (report.sets, report.images, report.problems) == (3, 3, ())
    inventory = Inventory.open(tree, "first")
    found = inventory.by_image_id([*FIELDS, "10510+99999E"])
    assert found.row.tolist() == [0, 1, 2]
    details = inventory.details(found.set_index)
    assert [details.fields_of(i)["field"] for i in range(3)] == list(FIELDS)
    assert details.datamax["l"].tolist() == [0.039] * 3  # type: ignore[attr-defined]
    assert json.loads(tree.read(HELD))["descriptions"]["first"] == description()


def test_positions_lie_where_astropy_has_them(tree: DirectoryTree, survey: Survey) -> None:
    index_described(tree, description(), "first.toml")
    inventory = Inventory.open(tree, "first")
    wcs = WCS(fits.getheader(tree.root / key("10510+30456E")))
    sky = wcs.pixel_to_world(10.0, 20.0).icrs
    found = inventory.positions([sky.ra.deg], [sky.dec.deg])
    details = inventory.details(found.set_index)
    assert details.fields_of(0) == {"field": "10510+30456E"}
    np.testing.assert_allclose([found.x[0], found.y[0]], [11.0, 21.0], atol=1e-3)


def test_both_forms_of_an_image_are_kept_and_the_first_is_delivered(
    tree: DirectoryTree, survey: Survey
) -> None:
    tree.write(key("10510+30456E", "fits.gz"), gzipped(first_image("10510+30456E")))
    assert index_described(tree, description(), "first.toml")["first"].sets == 3
    inventory = Inventory.open(tree, "first")
    assert inventory.details(inventory.by_image_id(["10510+30456E"]).set_index).suffix["l"].tolist() == [
        ".fits"
    ]


def test_a_damaged_image_is_skipped_and_named(tree: DirectoryTree, survey: Survey) -> None:
    tree.write(key("10510+31456E"), b"SIMPLE  = no fits")
    report = index_described(tree, description(), "first.toml")["first"]
    assert (report.sets, [problem.place for problem in report.problems]) == (2, [key("10510+31456E")])


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda tree: tree.write("first/first/images/readme.txt", b"x"), "readme.txt"),
        (lambda tree: tree.write(key("10510+31456E"), first_image("10510+30456E")), "FIELDNAM"),
        (lambda tree: [tree.delete(key(field)) for field in FIELDS], "no file is an image"),
    ],
)
def test_nothing_is_published_where_the_description_does_not_fit(
    tree: DirectoryTree, survey: Survey, spoil: object, word: str
) -> None:
    spoil(tree)  # type: ignore[operator]
    with pytest.raises(InvalidSurvey, match=rf"^first\.toml: first: .*{word}"):
        index_described(tree, description(), "first.toml")
    assert list(tree.entries("inventory/")) == []


def test_a_description_with_errors_publishes_nothing(tree: DirectoryTree) -> None:
    with pytest.raises(InvalidSurvey, match=r"first\.toml: columns\.bmaj\.unit"):
        index_described(tree, description().replace('unit = "deg"', 'unit = "degs"'), "first.toml")
    with pytest.raises(DatasetAbsent):
        Inventory.open(tree, "asky")


@pytest.mark.parametrize("existence", ["listing", "probe", "assumed"])
def test_an_inventory_of_tables_is_that_of_headers(tmp_path: Path, existence: Existence) -> None:
    tree, table = DirectoryTree(tmp_path / "tree"), tmp_path / "meta.tbl"
    allwise_tree.fill(tree)
    table.write_text(table_text(allwise_table()))
    text = packaged_description("allwise")
    try:
        index_described(tree, text, "allwise.toml")
        by_headers = Inventory.open(tree, "allwise").details([0, 1])
        report = index_tables(tree, text, "allwise.toml", [table], existence)["allwise"]
        by_table = Inventory.open(tree, "allwise").details([0, 1])
        assert report.sets == 2
        assert report.problems == ()
        for name in ("crval1", "crval2", "crpix1", "naxis1", "header_blocks", "coadd_id"):
            assert getattr(by_table, name).tolist() == getattr(by_headers, name).tolist()
        for name in ("bytes", "magzp", "suffix"):
            tables = [getattr(each, name)["w3"].tolist() for each in (by_table, by_headers)]
            assert tables[0] == tables[1]
    finally:
        forget(allwise_tree.SURVEY)


def test_tables_whose_corners_lie_elsewhere_publish_nothing(tmp_path: Path) -> None:
    tree, table, wrong = DirectoryTree(tmp_path / "tree"), tmp_path / "meta.tbl", allwise_table()
    wrong["dec1"] += 0.01
    table.write_text(table_text(wrong))
    try:
        with pytest.raises(InvalidSurvey, match="corners"):
            index_tables(tree, packaged_description("allwise"), "allwise.toml", [table], "assumed")
        assert list(tree.entries("inventory/")) == []
    finally:
        forget(allwise_tree.SURVEY)


def test_bands_with_either_form_of_coordinates_are_one_set(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    tile = next(iter(allwise_tree.TILES))
    matrix = {"CD1_1": -allwise_tree.CDELT, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": allwise_tree.CDELT}
    cards: dict[str, Any] = dict.fromkeys(("CDELT1", "CDELT2", "CROTA2")) | matrix
    tree.write(allwise_tree.key(tile, 1), allwise_tree.tile_image(tile, 1, pixels=32))
    tree.write(allwise_tree.key(tile, 2), allwise_tree.tile_image(tile, 2, pixels=32, **cards))
    try:
        report = index_described(tree, packaged_description("allwise"), "allwise.toml")["allwise"]
        assert (report.sets, report.images, report.problems) == (1, 2, ())
    finally:
        forget(allwise_tree.SURVEY)
