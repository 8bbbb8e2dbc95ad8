"""Bands of a set with a grid each: from files to look-ups, every band where astropy has it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import FK5, SkyCoord
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales
from numpy.typing import NDArray

from skybatch.archive.described.existence import Existence
from skybatch.archive.described.index import index_described, index_tables
from skybatch.errors import InventoryError
from skybatch.inventory.image_lookup import set_of_image
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.set_columns import set_columns
from skybatch.sky.regions import Circle
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_type import ImageType
from skybatch.vo.search_images import find_images
from tests.support.survey.wise_frames import BANDS, DESCRIPTION, SIDES, Frame, known_frames, write_frames

SHRINK = 8
FRAMES = (
    Frame("01772a", 126, 228.3, -18.6, turn=-15.6),
    Frame("01772a", 127, 228.5, -18.6, turn=-15.5),
    Frame("01772a", 128, 228.7, -18.5, turn=-15.4, bands=("w1", "w2")),
    Frame("00001b", 7, 0.05, 0.0, turn=170.0),
    Frame("00001b", 8, 359.9, 0.1, turn=171.0),
    Frame("00001b", 9, 10.0, 89.95),
    Frame("00001b", 10, 200.0, -89.9, turn=44.0, bands=("w4", "w1")),
)


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inventory]:
    tree = DirectoryTree(tmp_path_factory.mktemp("tree"))
    write_frames(tree, FRAMES, SHRINK)
    with known_frames():
        report = index_described(tree, DESCRIPTION, "frames.toml")["frames"]
        images = sum(len(frame.bands) for frame in FRAMES)
        assert (report.sets, report.images, report.problems) == (images, images, ())
        yield Inventory.open(tree, "frames")


def row_of(inventory: Inventory, frame: Frame, band: str) -> int:
    found = inventory.by_image_id([frame.id]).set_index
    (number,) = found[inventory.own_bands(found) == BANDS.index(band)]
    return int(number)


def wcs_of(frame: Frame, band: str) -> tuple[WCS, int]:
    side = SIDES[band] // SHRINK
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return WCS({"NAXIS": 2, "NAXIS1": side, "NAXIS2": side, **frame.cards(band, SHRINK)}), side


def icrs(frame: Frame, band: str, x: np.ndarray, y: np.ndarray) -> SkyCoord:
    wcs, _ = wcs_of(frame, band)
    return SkyCoord(*wcs.all_pix2world(x, y, 1), unit="deg", frame=FK5(equinox="J2000")).icrs


def test_an_identifier_is_that_of_all_its_bands(inventory: Inventory) -> None:
    ids = ["01772a128", "99999z001", "01772a127", "00001b010"]
    found = inventory.by_image_id(ids)
    assert found.row.tolist() == [0, 0, 2, 2, 2, 2, 3, 3]
    bands = [BANDS[number] for number in inventory.own_bands(found.set_index)]
    assert bands == ["w1", "w2", *BANDS, "w1", "w4"]
    details = inventory.details(found.set_index)
    assert [details.image_id(i, band).band for i, band in enumerate(bands)] == bands
    for i, band in enumerate(bands):
        assert set_of_image(inventory, details.image_id(i, band)) == found.set_index[i]


def test_a_row_has_the_facts_of_its_own_band_alone(inventory: Inventory) -> None:
    for frame in FRAMES:
        for band in frame.bands:
            details = inventory.details([row_of(inventory, frame, band)])
            assert (details.naxis1[0], details.naxis2[0]) == (SIDES[band] // SHRINK,) * 2
            assert details.fields_of(0) == {"scan_id": frame.scan, "frame_num": frame.number}
            assert details.own_band is not None
            assert BANDS[details.own_band[0]] == band
            for other in BANDS:
                own = other == band
                assert details.held(ImageType.ATLAS, other)[0] == own
                assert (details.bytes[other][0] == len(frame.image(band, SHRINK))) == own
                assert details.suffix[other][0] == (".fits" if own else "")
                assert np.isnan(details.magzp[other][0]) != own
            assert details.magzp[band][0] == 20.5 - int(band[1])
            again = details.loaded()
            assert dict(again.bytes) == {each: details.bytes[each] for each in BANDS}
            assert again.take(np.array([0])).own_band == details.own_band


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.id)
def test_positions_are_found_at_astropys_pixels_of_each_band(inventory: Inventory, frame: Frame) -> None:
    rng = np.random.default_rng(frame.number)
    for band in frame.bands:
        number, (_, side) = row_of(inventory, frame, band), wcs_of(frame, band)
        x, y = rng.uniform(0.5, side + 0.5, (2, 60))
        sky = icrs(frame, band, x, y)
        found = inventory.positions(sky.ra.deg, sky.dec.deg)
        mine = found.set_index == number
        assert np.array_equal(found.row[mine], np.arange(60))
        assert np.abs(found.x[mine] - x).max() < 1e-4
        assert np.abs(found.y[mine] - y).max() < 1e-4
        edge = icrs(frame, band, np.array([0.4, side / 2, side + 0.6]), np.array([5.0, 0.4, 5.0]))
        assert number not in inventory.positions(edge.ra.deg, edge.dec.deg).set_index
        assert number in inventory.in_region(
            Circle(float(sky.ra.deg[0]), float(sky.dec.deg[0]), 0.001), "overlap"
        )


def test_the_best_image_is_one_of_each_band(inventory: Inventory) -> None:
    rng = np.random.default_rng(3)
    ra = np.concatenate([rng.uniform(227.9, 229.2, 150), rng.normal(0.0, 0.4, 60) % 360])
    dec = np.concatenate([rng.uniform(-19.0, -18.2, 150), rng.normal(0.0, 0.4, 60)])
    sky, best = SkyCoord(ra, dec, unit="deg"), inventory.positions(ra, dec, True)
    fk5 = sky.transform_to(FK5(equinox="J2000"))
    deepest: dict[tuple[int, str], tuple[float, int]] = {}
    for frame in FRAMES:
        near = np.flatnonzero(sky.separation(SkyCoord(frame.ra, frame.dec, unit="deg")).deg < 1.0)
        for band in frame.bands if len(near) else ():
            wcs, side = wcs_of(frame, band)
            x, y = wcs.all_world2pix(fk5.ra.deg[near], fk5.dec.deg[near], 1)
            step = proj_plane_pixel_scales(wcs) * 3600
            depth = np.minimum(
                np.minimum(x - 0.5, side + 0.5 - x) * step[0], np.minimum(y - 0.5, side + 0.5 - y) * step[1]
            )
            for position, deep in zip(near.tolist(), depth.tolist(), strict=True):
                place = position, band
                if deep >= 0 and deep > deepest.get(place, (-1.0, 0))[0]:
                    deepest[place] = deep, row_of(inventory, frame, band)
    bands = [BANDS[number] for number in inventory.own_bands(best.set_index)]
    places = list(zip(best.row.tolist(), bands, strict=True))
    assert dict(zip(places, best.set_index.tolist(), strict=True)) == {
        place: number for place, (_, number) in deepest.items()
    }
    assert len(set(places)) == len(places) > 300


def test_only_bands_asked_for_are_found_and_counted(inventory: Inventory) -> None:
    sky = SkyCoord(228.5, -18.6, unit="deg")
    every = inventory.positions([sky.ra.deg] * 2, [sky.dec.deg] * 2)
    some = inventory.positions([sky.ra.deg] * 2, [sky.dec.deg] * 2, limit=8, bands=[("w2",), ("w4", "w1")])
    bands = inventory.own_bands(some.set_index).tolist()
    assert {(row, band) for row, band in zip(some.row.tolist(), bands, strict=True)} == {
        (0, 1),
        (1, 0),
        (1, 3),
    }
    assert (len(every), len(some)) == (20, 8)
    region = Circle(sky.ra.deg, sky.dec.deg, 2.0)
    found = inventory.in_region(region, "overlap", limit=3, bands=("w2",))
    assert inventory.own_bands(found).tolist() == [1, 1, 1]
    assert len(inventory.in_region(region, "overlap")) == 10


def test_a_search_finds_each_image_once(inventory: Inventory) -> None:
    found = find_images(inventory, np.arange(inventory.size), 100)
    assert len(found) == inventory.size
    assert sorted(found.at.tolist()) == list(range(inventory.size))
    assert found.band == [BANDS[number] for number in inventory.own_bands(found.details.set_index[found.at])]


def test_a_condition_is_worked_out_once_for_each_image(inventory: Inventory) -> None:
    seen: list[tuple[int, str]] = []

    def bright(details: ImageSets, band: str) -> NDArray[np.bool_]:
        seen.extend((number, band) for number in details.set_index.tolist())
        return np.asarray(details.magzp[band] > 17.0)

    found = find_images(inventory, np.arange(inventory.size), 100, matches=bright)
    assert sorted(number for number, _ in seen) == list(range(inventory.size))
    assert sorted(found.band) == sorted(band for frame in FRAMES for band in frame.bands if band != "w4")
    some = find_images(inventory, np.arange(inventory.size), 100, bands=("w4", "w2"), matches=bright)
    assert set(some.band) == {"w2"}


@pytest.mark.parametrize("existence", ["listing", "probe", "assumed"])
def test_metadata_tables_give_each_band_its_own_grid(existence: Existence, tmp_path: Path) -> None:
    tree, frames = DirectoryTree(tmp_path), FRAMES[1:3]
    write_frames(tree, frames, SHRINK)
    names = [name for name in frames[0].cards("w1", SHRINK) if re.match("CTYPE|CR|CD|A_|B_", name)]
    lines = [",".join(("scan_id", "frame_num", "band", "magzp", "naxis1", "naxis2", *map(str.lower, names)))]
    for frame in frames:
        for band in frame.bands:
            cards, side = frame.cards(band, SHRINK), SIDES[band] // SHRINK
            values = [
                frame.scan,
                frame.number,
                band[1],
                cards["MAGZP"],
                side,
                side,
                *(cards[n] for n in names),
            ]
            lines.append(",".join(map(str, values)))
    table = tmp_path / "frames.csv"
    table.write_text("\n".join(lines) + "\n")
    report = index_tables(tree, DESCRIPTION, "frames.toml", [table], existence)["frames"]
    assert (report.sets, report.images, report.problems) == (6, 6, ())
    made = Inventory.open(tree, "frames")
    for frame in frames:
        for band in frame.bands:
            details = made.details([row_of(made, frame, band)])
            assert details.naxis1[0] == SIDES[band] // SHRINK
            assert details.crpix1[0] == frame.cards(band, SHRINK)["CRPIX1"]
            assert [other for other in BANDS if details.held(ImageType.ATLAS, other)[0]] == [band]
            assert details.magzp[band][0] == frame.cards(band)["MAGZP"]


def test_an_image_that_is_there_twice_is_refused(inventory: Inventory) -> None:
    sets = inventory.details(np.arange(3)).loaded()
    twice = sets.take(np.array([0, 1, 2, 1]))
    with pytest.raises(InventoryError, match="repeat the scan_id, frame_num of another"):
        set_columns(twice)
