"""Genuine images of other surveys: 200 crops of each against astropy, and against fitsverify."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.errors import SourceUnsupported
from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.pixel_box import PixelBox, cutout_bytes
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import open_reader
from skybatch.imaging.cutout import cut, cut_ranged
from tests.support.images.survey_images import IMAGES, REFUSED, SurveyImage, file_of

CROPS = 200
MICROARCSEC = 1e-6 / 3600.0
pytestmark = pytest.mark.filterwarnings("ignore")


def boxes(nx: int, ny: int, seed: str) -> list[PixelBox]:
    """Boxes at the centre, the corners and anywhere, off the edges too; and the whole image."""
    dice = random.Random(seed)
    found = [PixelBox(0, 0, nx, ny), PixelBox.around(nx / 2, ny / 2, 5, 5, nx, ny)]
    found += [PixelBox.around(x, y, 9, 9, nx, ny) for x in (0.5, nx + 0.5) for y in (0.5, ny + 0.5)]
    while len(found) < CROPS:
        x, y = dice.uniform(-5, nx + 5), dice.uniform(-5, ny + 5)
        with suppress(ValueError):
            wide, high = dice.choices([0.3, 1, 9.5, 50, 120], k=2)
            found.append(PixelBox.around(x, y, wide, high, nx, ny))
    return found


# Cards that astropy's WCS is made of: it takes the other hundreds of a header apart twice. Without one of
# these a crop would not be where its parent is, whose header is read as a whole.
OF_WCS = re.compile(
    rb"NAXIS|WCSAXES|C(TYPE|RVAL|RPIX|DELT|ROTA|UNIT|D\d)|P[CVS]\d|[AB]P?_|L(ON|AT)POLE|RADE|EQUI|EPOCH"
)


def celestial_of_crop(crop: bytes) -> WCS:
    header = crop[: crop.index(b"END" + b" " * 77)]
    cards = [header[at : at + 80] for at in range(0, len(header), 80)]
    return WCS(b"".join(card for card in cards if OF_WCS.match(card))).celestial


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.path.rpartition("/")[2])
@pytest.mark.no_cover
def test_crops_are_astropys(image: SurveyImage) -> None:
    file = file_of(image.path)
    source = file.read_bytes()
    stored = find_image(open_reader(source))
    assert stored.number == image.hdu
    assert read_celestial_wcs(stored.header).projection == image.projection
    with fits.open(file, do_not_scale_image_data=True) as hdus:
        parent = hdus[image.hdu]
        pixels, sky = parent.data, WCS(parent.header).celestial
        wanted = boxes(pixels.shape[1], pixels.shape[0], seed=image.path)
        origin = Origin(file.name)
        crops = list(cut(source, wanted, origin))
        ranged = cut_ranged(lambda start, n: source[start : start + n], len(source), wanted, origin)
        for box, crop, again in zip(wanted, crops, ranged, strict=True):
            assert crop == again
            blocks = stored.header.cutout_blocks(origin.cards(box))
            assert len(crop) == cutout_bytes(blocks, box, stored.header.bitpix)
            check_crop(crop, box, pixels, sky)


def check_crop(crop: bytes, box: PixelBox, pixels: Any, sky: WCS) -> None:
    (hdu,) = fits.open(io.BytesIO(crop), do_not_scale_image_data=True)
    part = pixels[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]
    assert hdu.data.tobytes() == part.astype(hdu.data.dtype).tobytes()
    corners = np.array([[0.5, 0.5], [box.nx + 0.5, 0.5], [0.5, box.ny + 0.5], [box.nx / 2, box.ny / 2]])
    theirs = sky.all_pix2world(corners + np.array([box.x0, box.y0]), 1)
    ours = celestial_of_crop(crop).all_pix2world(corners, 1)
    turn = np.cos(np.radians(theirs[:, 1]))
    assert np.abs((ours - theirs)[:, 0] * turn).max() < MICROARCSEC
    assert np.abs((ours - theirs)[:, 1]).max() < MICROARCSEC


def verified(file: Path) -> tuple[int, int]:
    """Warnings and errors that fitsverify finds."""
    told = subprocess.run(["fitsverify", file], capture_output=True, text=True, check=False).stdout
    found = re.search(r"Verification found (\d+) warning\(s\) and (\d+) error\(s\)", told)
    assert found, told
    return int(found[1]), int(found[2])


@pytest.mark.skipif(not shutil.which("fitsverify"), reason="fitsverify is not installed")
@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.path.rpartition("/")[2])
def test_fitsverify_finds_no_more_in_a_crop(image: SurveyImage, tmp_path: Path) -> None:
    file = file_of(image.path)
    (crop,) = cut(file.read_bytes(), [PixelBox(1, 2, 5, 4)], Origin(file.name))
    made = tmp_path / "crop.fits"
    made.write_bytes(crop)
    warned, wrong = verified(made)
    warned_before, wrong_before = verified(file)
    assert wrong <= wrong_before
    assert warned <= warned_before


@pytest.mark.parametrize("path", REFUSED)
def test_headers_without_pixels_are_refused_by_name(path: str) -> None:
    with pytest.raises(SourceUnsupported, match="no image of two axes"):
        cut(file_of(path).read_bytes(), [PixelBox(0, 0, 1, 1)], Origin("x"))


def test_the_image_of_a_frame_in_its_primary_header_has_that_frame() -> None:
    stored = find_image(open_reader(file_of("ukidss/wfcam/ukidss_ngc_k.fits").read_bytes()))
    assert read_celestial_wcs(stored.header).frame == "FK5"
    assert stored.get("FILTER") == "K"
    assert stored.header.get("FILTER") is None


def test_plain_and_rice_give_the_same_pixels() -> None:
    box = [PixelBox(20, 30, 100, 50)]
    plain, rice = (
        next(cut(file_of(f"misc/{name}.fits").read_bytes(), box, Origin("x"))) for name in ("m13", "m13_rice")
    )
    ours, theirs = (fits.getdata(io.BytesIO(each)) for each in (plain, rice))
    assert np.array_equal(ours, theirs)
