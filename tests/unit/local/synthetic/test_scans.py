"""The sample sky has the survey's geometry, and what the founding examples ask for."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

from local.synthetic.scans import SCANS, ImageSet, Scan, image_sets

ALL = image_sets(few=False)


def wcs_of(images: ImageSet) -> WCS:
    """The image's world coordinate system, as astropy reads such a header."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.crval = [images.crval1, images.crval2]
    wcs.wcs.crpix = [256.5, (images.naxis2 + 1) / 2]
    wcs.wcs.cdelt = [-0.0002777777845, 0.0002777777845]
    wcs.wcs.crota = [0, images.crota2]
    wcs.wcs.equinox = 2000.0
    wcs.wcs.set()
    return wcs


def edge_distances(ra: float, dec: float, sets: list[ImageSet]) -> list[float]:
    """Distance to the nearest edge, pixels, of an ICRS position in each image holding it, largest first."""
    position = SkyCoord(ra * u.deg, dec * u.deg).fk5
    found = []
    for images in sets:
        if position.separation(SkyCoord(images.crval1, images.crval2, unit="deg", frame="fk5")) < 1 * u.deg:
            x, y = wcs_of(images).wcs_world2pix(position.ra.deg, position.dec.deg, 1)
            found.append(float(min(x - 0.5, 512.5 - x, y - 0.5, images.naxis2 + 0.5 - y)))
    return sorted((distance for distance in found if distance > 0), reverse=True)


def asky(sets: list[ImageSet]) -> list[ImageSet]:
    return [images for images in sets if images.scan.dataset == "asky"]


def test_image_numbers_are_those_of_a_real_scan() -> None:
    whole = [images for images in ALL if (images.scan.date, images.scan.scan) == ("971031", 96)]
    numbers = [images.image for images in whole]
    assert len(numbers) == 23
    assert numbers[:5] == [9, 21, 33, 44, 56]
    assert numbers[-2:] == [256, 267]
    assert 197 in numbers
    assert np.diff(numbers).min() >= 11


@pytest.mark.parametrize("few", [True, False])
def test_the_examples_rows_are_there(few: bool) -> None:
    sets = asky(image_sets(few=few))
    assert {1590591, 1590590, 1230312, 699387} <= {images.coadd_key for images in sets}
    rows = {(i.scan.date, i.scan.hem, i.scan.scan, i.image) for i in sets}
    assert {("971031", "n", 96, 197), ("981121", "n", 69, 256)} <= rows


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize(
    ("ra", "dec", "at_least"),
    [
        (65.497627, 19.535070, 2),
        (218.793021, -29.988167, 1),
        (218.889627, -23.928709, 1),
        (219.026042, -25.927643, 2),
        (314.30417, 77.595559, 1),
        (204.253958, -29.865417, 1),
        (346.236042, 12.322889, 1),
        (0.0, 20.0, 1),
        (123.4, 90.0, 2),
    ],
)
def test_images_cover_the_positions_people_ask_for(ra: float, dec: float, at_least: int, few: bool) -> None:
    assert len(edge_distances(ra, dec, asky(image_sets(few=few)))) >= at_least


def test_the_best_cover_of_the_first_example_is_clear() -> None:
    best, second = edge_distances(65.497627, 19.535070, asky(ALL))
    assert best > second + 20
    assert second < 25 < best  # a crop of 50 arcsec is whole in one, clipped in the other


def test_neighbours_of_a_scan_overlap_by_54_rows() -> None:
    scan = next(scan for scan in SCANS if len(scan.coadds) == 23)
    first, second = ImageSet(scan, 3), ImageSet(scan, 4)
    top = wcs_of(first).wcs_pix2world([[256.5, 1024.5 - 54]], 1)
    bottom = wcs_of(second).wcs_pix2world([[256.5, 0.5]], 1)
    assert np.abs(top - bottom).max() * 3600 < 0.1


def test_scans_go_both_ways() -> None:
    north, south = (Scan("asky", "990101", "n", 1, way, 10.0, 0.0, 1, ()) for way in "ns")
    assert ImageSet(north, 0).crval2 < ImageSet(north, 22).crval2
    assert ImageSet(south, 0).crval2 > ImageSet(south, 22).crval2


def test_coadd_keys_and_identities_are_unique() -> None:
    assert len({(i.scan.dataset, i.coadd_key) for i in ALL}) == len(ALL)
    assert len({(i.scan.dataset, i.scan.date, i.scan.hem, i.scan.scan, i.image) for i in ALL}) == len(ALL)


def test_the_small_sample_is_part_of_the_large_one() -> None:
    assert set(image_sets(few=True)) < set(ALL)
