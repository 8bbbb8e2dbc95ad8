"""Images that no description describes, searched, cut and batched: astropy's pixels, places and titles."""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Iterator

import pytest
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales

from tests.support.images.survey_images import FOLDER, IMAGES, SurveyImage, file_of
from tests.support.survey.any_archive import WANTED, any_archive, check
from tests.support.survey.shipped.shipped_survey import ShippedSurvey

GENUINE = [each for each in IMAGES if not any(word in each.path for word in ("_ood_", "_oow_", "invvar"))]


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedSurvey]:
    file_of(IMAGES[0].path)
    root = tmp_path_factory.mktemp("any") / "surveys"
    shutil.copytree(FOLDER.resolve(), root)
    with any_archive(root) as archive:
        yield archive


def middle(header: fits.Header) -> tuple[float, float, float]:
    """Position of a pixel near the middle, and the size of some pixels, arcsec."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wcs = WCS(header).celestial
    x, y = (header["NAXIS1"] - 1) // 2, (header["NAXIS2"] - 1) // 2
    sky = wcs.pixel_to_world(x, y).icrs
    return float(sky.ra.deg), float(sky.dec.deg), WANTED * float(max(proj_plane_pixel_scales(wcs))) * 3600


def stem_of(path: str) -> str:
    """Path without ending, as the name of a set."""
    return re.sub(r"\.fits(\.gz)?$", "", path)


@pytest.fixture(scope="module")
def crops(genuine: ShippedSurvey) -> dict[str, bytes]:
    """The crops of a batch of the middles of all images."""
    places = [middle(fits.getheader(genuine.root / each.path, each.hdu)) for each in GENUINE]
    rows = "".join(f"{ra!r},{dec!r},{size!r}\n" for ra, dec, size in places)
    return genuine.crops(f"ra,dec,size\n{rows}", bands="all")


@pytest.mark.parametrize("image", GENUINE, ids=lambda image: image.path.rpartition("/")[2])
def test_each_genuine_image_is_found_cut_and_batched_with_astropys_pixels(
    genuine: ShippedSurvey, crops: dict[str, bytes], image: SurveyImage
) -> None:
    file, stem = genuine.root / image.path, stem_of(image.path)
    ra, dec, size = middle(fits.getheader(file, image.hdu))
    found = {row["sia_title"].rpartition(" ")[0]: row for row in genuine.sia(ra, dec)}
    url = found[stem]["sia_url"]
    assert url.endswith(f"/{image.path}")
    check(genuine.fetch(f"{url}?center={ra},{dec}&size={size}arcsec&gzip=0"), file, image.hdu)
    number = GENUINE.index(image) + 1
    check(crops[f"{number:04d}_{stem.replace('/', '_')}.fits"], file, image.hdu)
