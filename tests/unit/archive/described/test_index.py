"""A survey indexed by its description alone: published whole, or not at all."""

from __future__ import annotations

import json

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.archive.described.index import index_described
from skybatch.errors import DatasetAbsent, InvalidSurvey
from skybatch.inventory.held_surveys import HELD
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.survey import Survey
from tests.support.images.fits_files import gzipped
from tests.support.survey.first_tree import FIELDS, description, first_image, key


def test_the_inventory_has_every_image(tree: DirectoryTree, survey: Survey) -> None:
    report = index_described(tree, description(), "first.toml")["first"]
    assert (report.sets, report.images, report.problems) == (3, 3, ())
    inventory = Inventory.open(tree, "first")
    sets = inventory.by_image_id([*FIELDS, "10510+99999E"])
    assert sets[-1] == -1
    details = inventory.details(sets[:-1])
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
    assert inventory.details(inventory.by_image_id(["10510+30456E"])).suffix["l"].tolist() == [".fits"]


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
