"""A tree of FITS images that was indexed without a description, served as its users see it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from astropy.io import fits
from obstore.store import LocalStore

from skybatch.archive.generic.index import index_tree
from skybatch.inventory.cache import open_inventories
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.known import survey_of
from tests.support.survey.descriptions import forgotten_surveys
from tests.support.survey.shipped.shipped_survey import ShippedSurvey

WANTED = 5  # pixels along each side


@contextmanager
def any_archive(root: Path) -> Iterator[ShippedSurvey]:
    """Index a tree, and forget what was learnt afterwards."""
    with forgotten_surveys():
        report = index_tree(DirectoryTree(root), root.name)
        objects = LocalStore(str(root))
        yield ShippedSurvey(survey_of(report.survey), report.survey, root, objects, open_inventories(objects))


def check(crop: bytes, parent: Path, hdu: int) -> None:
    """Assert that the pixels of a crop are its parent's at the place that its reference pixel tells."""
    with fits.open(io.BytesIO(crop)) as cut, fits.open(parent) as whole:
        header, data = cut[0].header, cut[0].data
        x, y = (round(whole[hdu].header[key] - header[key]) for key in ("CRPIX1", "CRPIX2"))
        expected = whole[hdu].data[y : y + data.shape[0], x : x + data.shape[1]]
    assert min(data.shape) >= WANTED - 1
    np.testing.assert_array_equal(data, expected)
