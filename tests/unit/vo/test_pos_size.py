"""POS, SIZE and INTERSECT: the batch planner's answers for the same region, shapely's for the same box."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import ICRS, SkyCoord, SkyOffsetFrame
from astropy.wcs import WCS
from shapely.geometry import Polygon

from skybatch.batch.planning.matching import match
from skybatch.errors import MalformedRequest
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.requests.model import Mode, Region, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.sky.regions import Circle
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.vo.ibe.inventory_sia import inventory_sia
from skybatch.vo.parameters import Parameters
from skybatch.vo.pos_regions import parse_pos
from skybatch.vo.pos_size import box_search, position
from skybatch.vo.sia1 import sia1
from tests.support.survey.synthetic_survey import synthetic

RELATIONS = {"OVERLAPS": "overlap", "COVERS": "cover", "ENCLOSED": "enclosed"}


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    """A survey of 6,000 scans: gaps between them, and something at both poles."""
    folder = tmp_path_factory.mktemp("survey")
    publish(DirectoryTree(folder), synthetic(6000), numbered=False, origin="synthetic")
    return Inventory.open(DirectoryTree(folder), "asky")


def places() -> list[tuple[float, float, float, str]]:
    """500 regions: poles and both sides of right ascension 0 among them."""
    rng = np.random.default_rng(8)
    ra, dec = rng.uniform(0, 360, 500), np.degrees(np.arcsin(rng.uniform(-1, 1, 500)))
    dec[:40], dec[40:80] = rng.uniform(89, 90, 40), rng.uniform(-90, -89, 40)
    ra[80:160] = rng.uniform(-0.2, 0.2, 80) % 360
    dec[160:162] = 90.0, -90.0
    diameter = 10 ** rng.uniform(np.log10(0.05), np.log10(7), 500)
    relation = rng.choice(list(RELATIONS), 500)
    return list(zip(ra.tolist(), dec.tolist(), diameter.tolist(), relation.tolist(), strict=True))


@pytest.mark.no_cover
def test_500_regions_are_answered_as_the_batch_planner_answers(inventory: Inventory) -> None:
    found = 0
    for ra, dec, diameter, relation in places():
        asked = {"POS": f"{ra!r},{dec!r}", "SIZE": repr(diameter), "INTERSECT": relation}
        more = {"type": "at", "FORMAT": "image/fits"}
        answer = inventory_sia(Parameters.of(asked | more), inventory, "", _nobody).table
        request = Request(
            mode=Mode.REGION, bands=BANDS, image_type=ImageType.ATLAS, decompress=True,
            delivery_format="fits.gz", dataset="asky", rows=(Row(1, BANDS),),
            region=Region(SkyPosition(ra, dec), None, diameter, RELATIONS[relation]),
        )  # fmt: skip
        planned = inventory.details(match(request, [0], inventory, 10**9).set_index).coadd_key
        keys = [int(key) for key in answer.data["coadd_key"]]
        most = 10_000
        assert keys == np.repeat(planned, 3).tolist()[:most], asked
        assert bool(answer.overflow) == (3 * len(planned) > most)
        found += len(planned)
    assert found > 5_000


def _nobody(name: str) -> SkyPosition:
    raise AssertionError(f"{name} is a coordinate")


def test_a_box_overlaps_what_shapely_says(inventory: Inventory) -> None:
    """In the plane about POS both the box and the image's great circles are straight."""
    rng = np.random.default_rng(3)
    checked = 0
    for dec in (-88.0, -70.0, -20.0, 0.0, 20.0, 45.0, 85.0):
        ra, width, height = rng.uniform(0, 360), rng.uniform(0.05, 3.0), rng.uniform(0.05, 3.0)
        near = inventory.in_region(Circle(ra, dec, 3.0), "overlap")
        outlines = [_outline(inventory, number, ra, dec) for number in near]
        half_w, half_h = np.radians(width) / 2, np.radians(height) / 2
        box = Polygon([(-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)])
        tests = {"OVERLAPS": box.intersects, "COVERS": box.within, "ENCLOSED": box.contains}
        for relation, holds in tests.items():
            asked = {"POS": f"{ra},{dec}", "SIZE": f"{width},{height}", "INTERSECT": relation}
            where = box_search(Parameters.of(asked))
            assert where is not None
            expected = near[[bool(holds(outline)) for outline in outlines]]
            np.testing.assert_array_equal(where.sets(inventory), expected)
            checked += len(expected)
    assert checked > 50


def _outline(inventory: Inventory, number: int, ra: float, dec: float) -> Polygon:
    """An image's corners by astropy, in the gnomonic plane about a position."""
    details = inventory.details([number])
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.radesys, wcs.wcs.equinox = "FK5", 2000.0
    wcs.wcs.crval = [details.crval1[0], details.crval2[0]]
    wcs.wcs.crpix = [details.crpix1[0], details.crpix2[0]]
    wcs.wcs.cdelt = [details.cdelt1[0], details.cdelt2[0]]
    wcs.wcs.crota = [0.0, details.crota2[0]]
    right, top = details.naxis1[0] + 0.5, details.naxis2[0] + 0.5
    sky = wcs.all_pix2world([[0.5, 0.5], [right, 0.5], [right, top], [0.5, top]], 1)
    frame = SkyOffsetFrame(origin=ICRS(ra * u.deg, dec * u.deg))
    local = SkyCoord(sky, unit="deg", frame="fk5").icrs.transform_to(frame).cartesian
    return Polygon(zip((local.y / local.x).value, (local.z / local.x).value, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80.5,-69.2", (80.5, -69.2)),
        ("1.2e-05,-3.4e-07", (1.2e-05, -3.4e-07)),
        ("-10,5", (350.0, 5.0)),
        ("360,0", (0.0, 0.0)),
        ("-155.7462,-29.8654", (204.2538, -29.8654)),
        ("-10h22m59s -29d51m55s", (204.2541666667, -29.8652777778)),
        ("05h22m00s,-69d12m00s", (80.5, -69.2)),
    ],
)
def test_positions(text: str, expected: tuple[float, float]) -> None:
    sky = position("POS", text)
    assert (sky.ra, sky.dec) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "asked",
    [
        {"POS": "1"}, {"POS": "M31"}, {"POS": "1,95"}, {"POS": "-360,5"},
        {"POS": "360.01,5"}, {"POS": "nan,0"}, {"POS": "1,2", "SIZE": "x"},
        {"POS": "1,2", "SIZE": "-1"}, {"POS": "1,2", "SIZE": "1,2,3"}, {"POS": "1,2", "SIZE": "91"},
        {"POS": "1,2", "INTERSECT": "NEAR"}, {"POS": "1,2", "MAXREC": "-1"}, {"POS": "1,2", "MAXREC": "many"},
        {"POS": "1,2", "RESPONSEFORMAT": "fits"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(inventory: Inventory, asked: dict[str, str]) -> None:
    with pytest.raises(MalformedRequest) as refused:
        sia1(Parameters.of(asked), inventory, "")
    assert refused.value.status == 400


# Regions of SIA 2.0 and SODA, looked up in an inventory


@pytest.mark.parametrize("dec", [-80.0, -20.0, 0.0, 60.0])
def test_a_polygon_overlaps_what_shapely_says(inventory: Inventory, dec: float) -> None:
    rng = np.random.default_rng(int(dec) + 100)
    ra = 359.8
    turn = np.sort(rng.uniform(0, 2 * np.pi, 7))
    reach = rng.uniform(0.3, 1.2, 7)
    corners = SkyCoord(ra, dec, unit="deg").directional_offset_by(turn * u.rad, reach * u.deg)
    text = (
        " ".join(f"{c.ra.deg!r} {c.dec.deg!r}" for c in corners).replace("np.float64(", "").replace(")", "")
    )
    ours = inventory.in_region(parse_pos(f"POLYGON {text}"), "overlap")
    frame = SkyOffsetFrame(origin=ICRS(ra * u.deg, dec * u.deg))
    local = corners.icrs.transform_to(frame).cartesian
    polygon = Polygon(zip((local.y / local.x).value, (local.z / local.x).value, strict=True))
    near = inventory.in_region(Circle(ra, dec, 2.5), "overlap")
    expected = [n for n in near if polygon.intersects(_outline(inventory, n, ra, dec))]
    assert ours.tolist() == expected
    assert len(expected) > 0


def test_a_range_holds_what_lies_between(inventory: Inventory) -> None:
    found = inventory.in_region(parse_pos("RANGE 10 14 20 22"), "overlap")
    ra, dec = inventory.footprints(np.arange(inventory.size)).corners()
    corner_inside = ((ra > 10) & (ra < 14) & (dec > 20) & (dec < 22)).any(axis=1)
    assert set(np.flatnonzero(corner_inside)) <= set(found)
    beyond = (
        (ra < 9.9).all(axis=1) | (ra > 14.1).all(axis=1) | (dec < 19.9).all(axis=1) | (dec > 22.1).all(axis=1)
    )
    assert not set(np.flatnonzero(beyond)) & set(found)
    assert len(found) > 10
