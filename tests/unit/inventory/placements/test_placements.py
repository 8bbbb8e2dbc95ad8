"""Images of any WCS, as look-ups see them: containment, pixels and positions against astropy."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy.wcs import WCS

from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.inventory.placements.placements import Placements
from skybatch.inventory.placements.template import PLACE
from skybatch.inventory.placements.template import SIDES as SIDE_NAMES
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.vectors import to_vector
from tests.support.survey.wcs_kinds import GALACTIC_KINDS, KINDS, bent_header, random_pixels
from tests.support.survey.wcs_oracle import SIDES, Cards, header_of, places, to_icrs

IMAGES, POSITIONS = 50, 200  # 10,000 positions of each kind


def placed(headers: list[Cards], frame: ImageFrame = ImageFrame.ICRS) -> Placements:
    return Placements.of_images([(read_celestial_wcs(header_of(each)), *SIDES) for each in headers])


def astropys(cards: Cards) -> WCS:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return WCS({"NAXIS": 2, "NAXIS1": SIDES[0], "NAXIS2": SIDES[1], **cards})


def headers(kind: str, frame: str, count: int = IMAGES) -> list[Cards]:
    rng = np.random.default_rng(7)
    found = [bent_header(kind, ra, dec, rng, frame) for ra, dec in places(count - 6, seed=8)]
    return [each | {"CRVAL2": 0.0} for each in found] if kind == "CAR" else found


CASES = [(kind, "ICRS") for kind in KINDS] + [(kind, "galactic") for kind in GALACTIC_KINDS]


@pytest.mark.parametrize(("kind", "frame"), [*CASES, ("TAN-SIP", "FK5")])
@pytest.mark.no_cover
def test_containment_and_pixels_are_astropys(kind: str, frame: str) -> None:
    rng, given = np.random.default_rng(5), headers(kind, frame)
    images = placed(given).footprints(ImageFrame.ICRS)
    for n, cards in enumerate(given):
        pixels = random_pixels(rng, POSITIONS)
        world = astropys(cards).all_pix2world(pixels, 1)
        icrs = to_icrs(ImageFrame(frame), *world.T)
        vectors = to_vector(icrs.ra.deg, icrs.dec.deg)
        image = images.take(np.full(POSITIONS, n))
        assert np.abs(np.stack(image.to_pixel(vectors), axis=-1) - pixels).max() < 1e-4
        assert np.abs(to_vector(*image.to_sky(*pixels.T)) - vectors).max() < 1e-10
        inside = ((pixels > 0.5) & (pixels < np.array(SIDES) + 0.5)).all(axis=1)
        close = (np.abs(pixels - 0.5) < 1e-4) | (np.abs(pixels - np.array(SIDES) - 0.5) < 1e-4)
        distance = image.edge_distance(vectors)
        assert np.array_equal(distance >= 0.0, inside) or close.any()


@pytest.mark.parametrize("kind", KINDS)
def test_no_distant_position_is_claimed(kind: str) -> None:
    given = headers(kind, "ICRS", 12)
    images, rng = placed(given).footprints(ImageFrame.ICRS), np.random.default_rng(9)
    ra, dec = rng.uniform(0, 360, 1000), np.degrees(np.arcsin(rng.uniform(-1, 1, 1000)))
    for n, cards in enumerate(given):
        image = images.take(np.full(1000, n))
        x, y = image.to_pixel(to_vector(ra, dec))
        claimed = image.edge_distance_of_pixels(x, y) >= 0.0
        world = astropys(cards).all_pix2world(np.stack([x, y], axis=-1)[claimed], 1)
        back = to_vector(*world.T)
        assert np.abs(back - to_vector(ra, dec)[claimed]).max(initial=0.0) < 1e-7


def test_images_of_several_kinds_and_frames_stand_together() -> None:
    given = [
        bent_header(kind, 40.0, 0.0, np.random.default_rng(n), frame)
        for n, (kind, frame) in enumerate([("TAN-SIP", "ICRS"), ("TPV", "galactic"), ("TAN-SIP", "FK5")])
    ]
    given.append({**given[0], **dict.fromkeys([name for name in given[0] if name[:2] in ("A_", "B_")], 0)})
    images = placed(given)
    assert (len(images.templates), len(images)) == (4, 4)
    order = np.array([2, 0, 1, 3])
    for frame in ImageFrame:
        found = images[order].footprints(frame)
        for n, cards in enumerate([given[i] for i in order]):
            own = ImageFrame(read_celestial_wcs(header_of(cards)).frame)
            icrs = to_icrs(own, *astropys(cards).all_pix2world([[700.0, 900.0]], 1).T)
            x, y = found.take(np.array([n])).to_pixel(frame.vectors(icrs.ra.deg, icrs.dec.deg))
            assert (x[0], y[0]) == pytest.approx((700.0, 900.0), abs=1e-4)


def test_what_images_have_in_common_is_kept_once() -> None:
    given = [
        bent_header("TAN-SIP", ra, 5.0, np.random.default_rng(3)) | {"CRPIX1": 5.0} for ra in (1.0, 2.0, 3.0)
    ]
    (template,) = placed(given).templates
    assert template.slots == ("crval1",)
    assert {*SIDE_NAMES, *PLACE} - {"crval1"} <= template.constants.keys()
    assert placed([]).slots.shape == (0, 1)  # at least one slot, as a column of an inventory has
