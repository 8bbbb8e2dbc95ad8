"""`make serve ARCHIVE=FOLDER` of FITS images that no description describes, names of any kind among them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from astropy.io import fits
from astropy.io.votable import parse_single_table

from local.stack import Stack
from skybatch.storage.directory_tree import DirectoryTree
from tests.e2e.service import Service
from tests.support.batches.stacks import StartStack
from tests.support.images.fits_files import gzipped
from tests.support.survey.any_archive import check
from tests.support.survey.any_images import DEC, RA, an_image, fill

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

NAMES = (
    "a b/my image.fits",
    "percent%20+&?#.fits",
    "it's \"<b>.fits",
    "{file}.fits",
    "back\\slash.fits",
    "U.FIT",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("any") / "My Thesis"
    fill(DirectoryTree(root), {name: an_image(FILTER="r") for name in NAMES})
    fill(DirectoryTree(root), {"gzip.fits": gzipped(an_image(FILTER="g")), "bad.fits": b"x"})
    return root


@pytest.fixture(scope="module")
def stack(start_stack: StartStack, folder: Path) -> Stack:
    return start_stack(archive=folder)


@pytest.fixture(scope="module")
def service(stack: Stack) -> Service:
    return Service(stack.url)


def test_each_image_is_found_fetched_and_cut(service: Service, folder: Path) -> None:
    answer = service.call(f"/ibe/sia/my_thesis/images/fits?POS={RA},{DEC}&SIZE=0")
    found = parse_single_table(io.BytesIO(answer.body)).to_table()
    assert len(found) == len(NAMES) + 1
    for row in found:
        path = row["sia_url"].removeprefix(service.url)
        name = row["sia_title"].rpartition(" ")[0]
        (file,) = (
            each for each in folder.rglob("*") if each.relative_to(folder).with_suffix("").as_posix() == name
        )
        check(service.call(f"{path}?center={RA},{DEC}&size=5pix&gzip=0").body, file, 0)
        assert fits.getdata(io.BytesIO(service.call(path).body)).shape == (30, 40)


def test_a_batch_has_all_images_and_its_table_asks_for_them_again(service: Service) -> None:
    status = service.run(mode="positions", table=f"ra,dec,size\n{RA},{DEC},9\n")
    assert (status["state"], status["images"]["retrieved"]) == ("complete", len(NAMES) + 1)
    ids = "".join(f"{name}\n" for name in ("a b/my image", "back\\slash"))
    again = service.run(mode="image_ids", table=f"image_id\n{ids}")
    assert (again["state"], again["images"]["retrieved"]) == ("complete", 2)


@pytest.mark.parametrize(
    "path", ["", "surveys", "help/", "ibe/data/my_thesis/images/fits/", "ibe/docs/my_thesis/images/fits"]
)
def test_pages_are_there(service: Service, path: str) -> None:
    assert service.call(f"/{path}").status == 200


def test_inventories_are_not_listed(service: Service) -> None:
    assert service.call("/ibe/data/my_thesis/images/fits/inventory/").status == 404
    assert b"inventory" not in service.call("/ibe/data/my_thesis/images/fits/").body
