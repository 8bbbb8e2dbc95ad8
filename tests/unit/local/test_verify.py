"""The judge of the demonstration sees what is wrong: one pixel, one card, a shift, a wrong size."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from local.allwise.header import header as tile_header
from local.allwise.tiles import Tile
from local.allwise.tree import make_allwise
from local.synthetic.archive import identity
from local.synthetic.pixels import Exposure
from local.synthetic.scans import image_sets
from local.verify import Delivered, Target, WrongResult, images_containing, verify_crop, verify_whole
from local.verify import identity as image_of
from skybatch.surveys.image_id import atlas_key

IMAGES = next(i for i in image_sets(few=True) if i.scan.scan == 69)
TARGET = Target(65.497627, 19.535070, 50)
ROW = {"dataset": "asky", "date": "981121", "hem": "n", "scan": "69", "image": "256", "band": "J"}
# First pixel (from 0) of the box of 50 pixels about the target, as astropy's WCS places it.
X0, Y0 = 35, 608


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("archive")
    exposure = Exposure(IMAGES, "j")
    path = root / atlas_key(identity(exposure))
    path.parent.mkdir(parents=True)
    path.write_bytes(exposure.fits())
    return root


def crop(archive: Path, size: int = 50, brighter: float = 0.0, **cards: str) -> Delivered:
    """A crop made of the parent's cards and pixels; ``brighter`` and ``cards`` spoil it on purpose."""
    image = Delivered({**ROW, "name": "an image", "file": "a file"}, b"")
    with fits.open(image.parent(archive)) as hdus:
        data = np.array(hdus[0].data[Y0 : Y0 + size, X0 : X0 + size])
    data[10, 10] += brighter
    values = {"NAXIS1": f"{size}", "NAXIS2": f"{size}", "CRPIX1": f"{256.5 - X0}", "CRPIX2": f"{512.5 - Y0}"}
    header = Exposure(IMAGES, "j").header().decode()
    for keyword, value in (values | cards).items():
        header = re.sub(rf"(?<={keyword:8}= ).{{20}}", f"{value:>20}", header, count=1)
    body = data.astype(">f4").tobytes()
    return Delivered(image.row, header.encode() + body + bytes(-len(body) % 2880))


def test_a_true_crop_passes(archive: Path) -> None:
    verify_crop(crop(archive), archive, TARGET)


@pytest.mark.parametrize(
    ("spoiled", "what"),
    [
        ({"brighter": 0.001}, "pixels"),
        ({"MAGZP": "20.9999"}, "cards"),
        ({"CRPIX1": f"{256.5 - X0 + 1}"}, "pixels"),
        ({"CRPIX2": f"{512.5 - Y0 + 0.001}"}, "coordinates"),
    ],
)
def test_a_false_crop_is_found(archive: Path, spoiled: dict[str, Any], what: str) -> None:
    with pytest.raises(WrongResult, match=what):
        verify_crop(crop(archive, **spoiled), archive, TARGET)


def test_a_crop_of_another_size_or_place_is_found(archive: Path) -> None:
    with pytest.raises(WrongResult, match="size"):
        verify_crop(crop(archive, size=60), archive, TARGET)
    with pytest.raises(WrongResult, match="position"):
        verify_crop(crop(archive), archive, Target(65.45, 19.5, 50))


def test_a_whole_image_must_be_the_stored_bytes(archive: Path) -> None:
    image = crop(archive)
    stored = image.parent(archive).read_bytes()
    verify_whole(Delivered(image.row, stored), archive)
    with pytest.raises(WrongResult, match="bytes"):
        verify_whole(Delivered(image.row, stored[:-1]), archive)


def test_the_images_that_hold_a_position(archive: Path) -> None:
    assert images_containing(archive, "asky", [TARGET, Target(1, 1, 1)]) == [{"981121n/ji0690256"}, set()]


TILE = Tile(314.3, 77.6, pixels=128)
STAR = Target(314.30417, 77.595559, 40)
TILE_ROW = {"dataset": "allwise", "coadd_id": TILE.coadd_id, "band": "W2", "name": "a tile", "file": "a file"}


def tile_crop(tree: Path, brighter: float = 0.0) -> Delivered:
    """A crop of 29 pixels about the star: 40 arcsec at the scale of the Atlas."""
    with fits.open(Delivered(TILE_ROW, b"").parent(tree)) as hdus:
        data = np.array(hdus[0].data[45:74, 46:75])
    data[3, 3] += brighter
    text = tile_header(TILE, 2, "int").decode()
    values = {"NAXIS1": 29, "NAXIS2": 29, "CRPIX1": TILE.crpix - 46, "CRPIX2": TILE.crpix - 45}
    for keyword, value in values.items():
        text = re.sub(rf"(?<={keyword:8}= ).{{20}}", f"{value:>20}", text, count=1)
    body = data.astype(">f4").tobytes()
    return Delivered(TILE_ROW, text.encode() + body + bytes(-len(body) % 2880))


def test_crops_of_allwise_are_judged_by_their_tile(tmp_path: Path) -> None:
    make_allwise(tmp_path, [TILE], [2])
    verify_crop(tile_crop(tmp_path), tmp_path, STAR)
    with pytest.raises(WrongResult, match="pixels"):
        verify_crop(tile_crop(tmp_path, brighter=1e-3), tmp_path, STAR)
    with pytest.raises(WrongResult, match="size"):
        verify_crop(tile_crop(tmp_path), tmp_path, Target(STAR.ra, STAR.dec, 29))
    held = images_containing(tmp_path, "allwise", [STAR, Target(1, 1, 1)])
    assert held == [{image_of(TILE_ROW)}, set()]
