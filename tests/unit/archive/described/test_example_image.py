"""The image that examples are about: one that is stored, at its place, in the form that it has."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.archive.described.example_image import choose_example
from skybatch.archive.described.index import index_described
from skybatch.archive.described.sets import assemble
from skybatch.inventory.held_surveys import load_held
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.example_images import example_image, remember_examples
from skybatch.surveys.known import hold
from tests.support.survey.described.first_tree import FIELDS, description, key
from tests.unit.archive.described.test_sets import images


def test_an_index_says_an_image_that_is_stored(tree: DirectoryTree, survey: Survey) -> None:
    index_described(tree, description(), "first.toml")
    load_held(tree)
    found = example_image(survey.id)
    hold([])
    remember_examples({})
    assert found is not None
    assert FIELDS[found.image_id] == pytest.approx((found.ra, found.dec), abs=0.01)
    assert found.address == key(found.image_id)
    assert tree.read(found.address).startswith(b"SIMPLE")
    assert (found.band, found.columns, found.rows) == ("l", 64, 48)


def test_a_set_without_an_image_of_the_band_is_none(tree: DirectoryTree, survey: Survey) -> None:
    sets, _ = assemble(survey, "first", images(tree, survey))
    sets.bytes["l"][:] = 0
    assert choose_example(sets) is None
    sets.bytes["l"][2] = 1
    sets.suffix["l"][2] = ".fits.gz"
    found = choose_example(sets)
    assert found is not None
    assert found.address == key(list(FIELDS)[2], "fits.gz")
    assert choose_example(sets.take(np.array([], np.intp))) is None
