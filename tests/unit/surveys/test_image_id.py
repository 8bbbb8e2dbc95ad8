"""Keys are those of the survey archive, both ways."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.errors import NotFound
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import (
    SetImageId,
    atlas_key,
    dataset_prefix,
    image_key,
    image_suffixes,
    inventory_folder,
    parse_file_key,
    parse_key,
    parse_scan_key,
    quicklook_key,
)
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import DATASETS
from tests.support.survey.described.allwise_tree import SURVEY, TILES
from tests.support.survey.described.allwise_tree import key as tile_key
from tests.support.survey.descriptions import known_survey

ATLAS_SUFFIXES = (".fits.gz", ".fits", ".fit.gz", ".fit", ".fits.fz")
QUICKLOOK_SUFFIXES = (".fits.H", ".fits.fz")
NORTH = ImageId("askyw", "001126", "n", 101, 266, "j")

image_ids = st.builds(
    ImageId,
    dataset=st.sampled_from(sorted(DATASETS)),
    date=st.from_regex(r"[0-9]{6}", fullmatch=True),
    hem=st.sampled_from("ns"),
    scan=st.integers(1, 999),
    image=st.integers(1, 9999),
    band=st.sampled_from(BANDS),
)


def test_keys_are_spelled_as_in_the_archive() -> None:
    assert atlas_key(NORTH) == "twomass/full/full/001126n/s101/image/ji1010266.fits.gz"
    assert quicklook_key(NORTH) == "twomass/full/full/001126n/s101/quicklook/ji1010266.fits.H"
    calibration = replace(NORTH, dataset="cal", scan=7, image=9, band="k")
    assert (
        atlas_key(calibration, ".fits") == "twomass/calibration/calibration/001126n/s007/image/ki0070009.fits"
    )


@given(
    image_ids,
    st.sampled_from(ATLAS_SUFFIXES),
    st.sampled_from(QUICKLOOK_SUFFIXES),
    st.sampled_from(["", "a/b/"]),
)
def test_parsing_a_key_gives_the_identity_back(
    image: ImageId, atlas: str, quicklook: str, prefix: str
) -> None:
    assert parse_key(prefix + atlas_key(image, atlas)) == (image, ImageType.ATLAS, atlas)
    assert parse_key(prefix + quicklook_key(image, quicklook)) == (image, ImageType.QUICKLOOK, quicklook)


@pytest.mark.parametrize(
    "key",
    [
        "twomass/full/full/001126n/s101/image/ji1020266.fits.gz",  # another scan's file
        "twomass/full/allsky/001126n/s101/image/ji1010266.fits.gz",
        "twomass/full/full/001126n/s101/image/ji1010266.txt",
        "twomass/full/full/001126n/s101/quicklook/ji1010266.fits.gz",
        "twomass/full/full/001126x/s101/image/ji1010266.fits.gz",
        "xtwomass/full/full/001126n/s101/image/ji1010266.fits.gz",
        "inventory/askyw/current",
        "",
    ],
)
def test_what_is_not_an_image_key_is_refused(key: str) -> None:
    with pytest.raises(NotFound):
        parse_key(key)


def test_an_unknown_data_set_is_refused() -> None:
    for locate in (dataset_prefix, inventory_folder, lambda name: atlas_key(replace(NORTH, dataset=name))):
        with pytest.raises(NotFound, match="mystery"):
            locate("mystery")


def test_the_usual_endings_come_first() -> None:
    assert image_suffixes("asky", ImageType.ATLAS) == ATLAS_SUFFIXES
    assert image_suffixes("asky", ImageType.QUICKLOOK) == QUICKLOOK_SUFFIXES


def test_an_inventory_lies_in_the_folder_of_its_data_set() -> None:
    assert inventory_folder("askyw") == "inventory/askyw"


def test_every_genuine_file_has_its_own_key(survey_data: Path) -> None:
    root = survey_data / "archive"
    files = [path.relative_to(root).as_posix() for path in root.rglob("*.fits.gz")]
    assert len(files) >= 24
    for file in files:
        image, kind, suffix = parse_key(file)
        assert kind is ImageType.ATLAS
        assert atlas_key(image, suffix) == file


def test_an_image_of_a_survey_without_scans_is_named_by_its_fields(radio: Survey) -> None:
    image, kind, suffix = parse_key("radio/radio/images/10/10510+30456.fits")
    assert image == SetImageId("radio", ("10510+30456",), "l")
    assert (kind, suffix) == (ImageType.ATLAS, ".fits")
    assert image_key(image, kind) == "radio/radio/images/10/10510+30456.fits"
    assert (image.stem, image.fields) == ("10510+30456", {"field": "10510+30456"})


def test_a_type_that_a_survey_has_not_is_not_found(radio: Survey) -> None:
    with pytest.raises(NotFound, match="Radio"):
        quicklook_key(SetImageId("radio", ("10510+30456",), "l"))


def test_scans_are_those_of_surveys_with_scans(radio: Survey) -> None:
    assert parse_scan_key(atlas_key(NORTH))[0] == NORTH
    with pytest.raises(NotFound):
        parse_scan_key("radio/radio/images/10/10510+30456.fits")


def test_what_lies_beside_an_image_is_told_from_it() -> None:
    tile = next(iter(TILES))
    with known_survey(SURVEY):
        found = parse_file_key(tile_key(tile, 2, "unc", "fits.gz"))
        assert (found.image.band, found.image_type, found.suffix) == ("w2", None, ".fits.gz")
        assert parse_file_key(tile_key(tile, 2)).image_type is ImageType.ATLAS
        with pytest.raises(NotFound):
            parse_key(tile_key(tile, 2, "unc", "fits.gz"))
