"""Images whose files have names of any kind: found, fetched, cut and batched."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from astropy.io import fits
from astropy.io.votable import parse_single_table

from skybatch.storage.directory_tree import DirectoryTree
from tests.support.images.fits_files import gzipped
from tests.support.survey.any_archive import any_archive, check
from tests.support.survey.any_images import DEC, RA, an_image, fill
from tests.support.survey.shipped.shipped_survey import ShippedSurvey

NAMES = ("with space/my image.fits", "percent%20+&?#.fits", "it's <b>.fits", "{file}.fits", "UPPER.FITS")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[ShippedSurvey]:
    root = tmp_path / "My Thesis"
    files: dict[str, Any] = {name: an_image(FILTER="r") for name in NAMES}
    files |= {"a/same.fits": an_image(FILTER="r"), "b/same.fits.gz": gzipped(an_image(FILTER="g"))}
    files["gzip.fits"] = gzipped(an_image(FILTER="g"))
    fill(DirectoryTree(root), files)
    with any_archive(root) as archive:
        yield archive


def test_names_of_any_kind_are_found_fetched_and_cut(made: ShippedSurvey) -> None:
    found = {row["sia_title"]: row["sia_url"] for row in made.sia(RA, DEC)}
    named = [f"{name.rpartition('.')[0]} r" for name in NAMES]
    assert sorted(found) == sorted([*named, "a/same r", "b/same g", "gzip g"])
    for url in found.values():
        path = unquote(url.partition("/images/fits/")[2])
        check(made.fetch(f"{url}?center={RA},{DEC}&size=5pix&gzip=0"), made.root / path, 0)
    assert len(made.crops(f"ra,dec,size\n{RA},{DEC},9\n", bands="all")) == len(NAMES) + 3


def test_a_band_that_a_header_names_is_asked_for(made: ShippedSurvey) -> None:
    assert list(made.crops(f"ra,dec,size\n{RA},{DEC},9\n", bands="g")) == [
        "0001_b_same.fits",
        "0001_gzip.fits",
    ]


def test_the_best_image_is_that_of_each_band(made: ShippedSurvey) -> None:
    crops = made.crops(f"ra,dec,size,best\n{RA},{DEC},9,y\n", bands="all")
    bands = [fits.getheader(io.BytesIO(crop))["FILTER"] for crop in crops.values()]
    assert sorted(bands) == ["g", "r"]


def test_identifiers_lead_to_links_and_cutouts(made: ShippedSurvey) -> None:
    for row in made.sia(RA, DEC):
        image = urlencode({"ID": row["publisher_did"]})
        links = parse_single_table(io.BytesIO(made.fetch(f"/datalink/links?{image}"))).to_table()
        assert row["sia_url"] in set(links["access_url"])
        path = unquote(row["sia_url"].partition("/images/fits/")[2])
        cut = made.fetch(f"/soda/sync?{image}&PIXELS_1=10+15&PIXELS_2=3+9")
        check(cut, made.root / path, 0)


def test_searches_name_files_by_their_paths(made: ShippedSurvey) -> None:
    assert set(made.search("filter='g'")["fname"]) == {"b/same.fits.gz", "gzip.fits"}


def test_a_file_that_is_gzip_without_saying_so_is_fetched_plain(made: ShippedSurvey) -> None:
    (url,) = (row["sia_url"] for row in made.sia(RA, DEC) if row["sia_title"] == "gzip g")
    assert made.fetch(url) == an_image(FILTER="g")
