"""Genuine unWISE images by a description of the test's own: TAN, reference pixel outside of the image."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from obstore.store import LocalStore

from skybatch.archive.described.index import index_described
from skybatch.inventory.cache import open_inventories
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.known import forget
from tests.e2e.crops import Judge
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service, images_of
from tests.support.servers.http import HttpClient, make_dependencies
from tests.support.survey.described.unwise import DESCRIPTION, SURVEY, TILE, copy_images, key

DATA = Path(os.environ.get("SKYBATCH_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
GENUINE = DATA / "surveys" / "unwise"
PIXEL = 2.75  # arcsec


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Any]:
    if not GENUINE.exists():
        pytest.skip(f"there is no {GENUINE}")
    tree = DirectoryTree(tmp_path)
    copy_images(GENUINE, tree)
    report = index_described(tree, DESCRIPTION, "unwise.toml")["unwise"]
    assert (report.sets, report.images, report.problems) == (1, 4, ())
    objects = LocalStore(str(tmp_path))
    yield SimpleNamespace(objects=objects, open=open_inventories(objects), tree=tree)
    forget(SURVEY)


def position(archive: Any, x: float, y: float) -> tuple[float, float]:
    """The position of a pixel, from 0."""
    sky = WCS(fits.getheader(archive.tree.root / key(1))).pixel_to_world(x, y).icrs
    return float(sky.ra.deg), float(sky.dec.deg)


@pytest.mark.parametrize(("x", "y", "pixels"), [(4.5, 4.5, 6), (2.0, 7.0, 5), (0.0, 0.0, 3), (9.3, 1.1, 3)])
def test_crops_in_all_bands_are_astropys(archive: Any, x: float, y: float, pixels: int) -> None:
    ra, dec = position(archive, x, y)
    service = Service(archive)
    table = f"ra,dec,size\n{ra!r},{dec!r},{pixels * PIXEL}\n"
    accepted = service.submit(mode="positions", survey="unwise", table=table, bands="all")
    assert service.run(accepted).images.retrieved == 4
    images = images_of(service.file(accepted, "images.tar"))
    for band in (1, 2, 3, 4):
        judge = Judge((archive.tree.root / key(band)).read_bytes())
        crop = images[f"0001_unwise_{TILE}_w{band}.fits"]
        assert judge.check(crop) == judge.expected_box(ra, dec, pixels * PIXEL)


def test_the_inverse_variance_is_cut_as_the_image_is(archive: Any) -> None:
    dependencies = make_dependencies(archive=archive.objects, open_inventory=archive.open)
    client = HttpClient(dependencies, *load_function("search").ROUTES)
    ra, dec = position(archive, 4.5, 4.5)
    address = f"/ibe/data/unwise/unwise/coadds/{key(1, 'invvar', 'fits.gz').split('/', 1)[1]}"
    cut = client.get(f"{address}?center={ra},{dec}&size=4pix&gzip=0").body
    whole = fits.getdata(archive.tree.root / key(1, "invvar", "fits.gz"))
    np.testing.assert_array_equal(fits.getdata(io.BytesIO(cut)), whole[3:7, 3:7])
    found = client.get("/ibe/search/unwise/unwise/coadds?where=ctype1='RA---TAN'&ct=csv").body.decode()
    assert found.count(TILE) >= 4
