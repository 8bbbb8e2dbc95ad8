"""Images of every kind of WCS in one inventory: from files to look-ups, plans and crops, against astropy."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from obstore.store import LocalStore

from skybatch.archive.described.index import index_described
from skybatch.errors import SourceDiffers
from skybatch.fits.pixel_box import PixelBox
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.stored_image import StoredImage, stored_image
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.regions import Circle
from skybatch.sky.vectors import to_vector
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_type import ImageType
from skybatch.tables.schemas.image_rows import ImageRows, gather_facts
from skybatch.tables.schemas.image_table import DeliveredFacts
from tests.support.survey.observatory import (
    DESCRIPTION,
    NX,
    NY,
    headers,
    images,
    known_observatory,
    pixels,
)
from tests.support.survey.wcs_oracle import to_icrs

NAMES = list(headers())


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inventory]:
    folder = tmp_path_factory.mktemp("tree")
    tree = DirectoryTree(folder)
    for key, content in images().items():
        tree.write(key, content)
    with known_observatory():
        report = index_described(tree, DESCRIPTION, "obs.toml")["obs"]
        assert (report.sets, report.problems) == (len(NAMES), ())
        yield Inventory.open(tree, "obs")


def sky_of(name: str) -> tuple[WCS, ImageFrame]:
    cards = headers()[name]
    frame = (
        ImageFrame.GALACTIC if str(cards["CTYPE1"]).startswith("GLON") else ImageFrame(str(cards["RADESYS"]))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return WCS({"NAXIS": 2, "NAXIS1": NX, "NAXIS2": NY, **cards}), frame


def icrs_at(name: str, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    wcs, frame = sky_of(name)
    sky = to_icrs(frame, *wcs.all_pix2world(x, y, 1))
    return sky.ra.deg, sky.dec.deg


@pytest.mark.parametrize("name", NAMES)
def test_positions_are_found_at_astropys_pixels(inventory: Inventory, name: str) -> None:
    (number,) = inventory.by_image_id([name]).set_index
    rng = np.random.default_rng(4)
    x, y = rng.uniform([[0.5], [0.5]], [[NX + 0.5], [NY + 0.5]], (2, 50))
    ra, dec = icrs_at(name, x, y)
    found = inventory.positions(ra, dec)
    mine = found.set_index == number
    assert np.array_equal(found.row[mine], np.arange(50))
    assert np.abs(found.x[mine] - x).max() < 1e-4
    assert np.abs(found.y[mine] - y).max() < 1e-4
    outside = icrs_at(name, np.array([0.4, 5.0, NX + 0.6]), np.array([50.0, NY + 0.6, 50.0]))
    assert number not in inventory.positions(*outside).set_index


def test_the_best_image_is_the_one_with_the_farthest_edge(inventory: Inventory) -> None:
    rng = np.random.default_rng(5)
    x, y = rng.uniform(1, NX, 40), rng.uniform(1, NY, 40)
    for name in NAMES:
        ra, dec = icrs_at(name, x, y)
        every, best = inventory.positions(ra, dec), inventory.positions(ra, dec, np.ones(40, bool))
        for row in range(40):
            of_row = every.row == row
            assert (
                best.set_index[best.row == row]
                == every.set_index[of_row][np.argmax(every.edge_distance[of_row])]
            )


@pytest.mark.parametrize("name", NAMES)
def test_a_region_finds_the_image(inventory: Inventory, name: str) -> None:
    (number,) = inventory.by_image_id([name]).set_index
    ra, dec = icrs_at(name, np.array([NX / 2]), np.array([NY / 2]))
    circle = Circle(float(ra[0]), float(dec[0]), 0.01)
    for relation in ("overlap", "cover", "center"):
        assert number in inventory.in_region(circle, relation)
    assert number not in inventory.in_region(circle, "enclosed")


def test_details_are_of_one_frame_and_of_each_images_pixels(inventory: Inventory) -> None:
    details = inventory.details(inventory.by_image_id(NAMES).set_index)
    assert details.frame is ImageFrame.ICRS
    assert details.bitpix is not None
    expected = {"u1": 8, "i2": 16, "i4": 32, "f4": -32, "f8": -64}
    types = [expected[pixels(n).dtype.str[1:]] for n in range(len(NAMES))]
    assert details.bitpix["x"].tolist() == types
    assert set(details.naxis1.tolist()) == {NX}
    again = details.take(np.array([3, 1])).loaded()
    assert again.crval1.tolist() == details.crval1[[3, 1]].tolist()


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_knows_its_stored_image(inventory: Inventory, name: str, tmp_path: Path) -> None:
    (crop,) = planned_as(name, inventory, name, tmp_path).crops([PixelBox(10, 20, 30, 40)])
    assert np.array_equal(
        fits.getdata(io.BytesIO(crop), do_not_scale_image_data=True),
        pixels(NAMES.index(name))[20:60, 10:40],
    )


@pytest.mark.parametrize("other", NAMES[1:])
def test_an_image_of_another_place_than_planned_is_refused(
    inventory: Inventory, other: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceDiffers, match="another place"):
        planned_as(NAMES[0], inventory, other, tmp_path).crops([PixelBox(0, 0, 1, 1)])


def planned_as(name: str, inventory: Inventory, stored: str, folder: Path) -> StoredImage:
    """Store an image where the inventory has one by another name, or by its own."""
    (geometry,) = ImageGeometry.of_sets(inventory.details(inventory.by_image_id([name]).set_index))
    (content,) = [content for key, content in images().items() if key.startswith(f"obs/{stored}.")]
    (folder / "a.fits").write_bytes(content)
    return StoredImage(LocalStore(folder), "a.fits", ImageType.ATLAS, geometry=geometry)


def test_images_are_cut_as_they_are_stored(inventory: Inventory, tmp_path: Path) -> None:
    for number, (key, content) in enumerate(images().items()):
        (tmp_path / key).parent.mkdir(exist_ok=True)
        (tmp_path / key).write_bytes(content)
        image = stored_image(LocalStore(tmp_path), key, inventory)
        (crop,) = image.crops([PixelBox(0, 0, 5, 4)])
        assert np.array_equal(
            fits.getdata(io.BytesIO(crop), do_not_scale_image_data=True), pixels(number)[:4, :5]
        )
        whole = fits.getdata(io.BytesIO(image.plain()), do_not_scale_image_data=True)
        assert np.array_equal(whole, pixels(number))
        image.check_whole()
        assert image.has_content_of_its_name()


@pytest.mark.parametrize("cropped", [False, True])
def test_tables_have_astropys_centres_and_corners(inventory: Inventory, cropped: bool) -> None:
    sets = inventory.by_image_id(NAMES).set_index
    x0, y0, nx, ny = (20, 30, 40, 50) if cropped else (0, 0, NX, NY)
    rows = ImageRows(
        dataset=["obs"] * len(NAMES),
        set_index=sets,
        band=["x"] * len(NAMES),
        type=["A"] * len(NAMES),
        url=[""] * len(NAMES),
        box=np.array([[x0, y0, nx, ny]] * len(NAMES)) if cropped else None,
    )
    table = DeliveredFacts(gather_facts({"obs": inventory.details(sets)}, rows), rows)
    left, right, bottom, top = x0 + 0.5, x0 + nx + 0.5, y0 + 0.5, y0 + ny + 0.5
    x = np.array([(left + right) / 2, left, right, right, left])
    y = np.array([(bottom + top) / 2, bottom, bottom, top, top])
    for n, name in enumerate(NAMES):
        expected = to_vector(*icrs_at(name, x, y))
        ours = [to_vector(table[f"ra{corner}"][n], table[f"dec{corner}"][n]) for corner in ("", 1, 2, 3, 4)]
        assert np.abs(np.array(ours) - expected).max() < 1e-10
