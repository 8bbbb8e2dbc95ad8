"""Look-ups against brute force over every image."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from obstore.store import MemoryStore

from skybatch.errors import TooLarge
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.sky.fk5 import fk5_vector
from skybatch.sky.regions import Box, Circle, Relation
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId
from tests.support.survey.synthetic_survey import synthetic

CENTRES = [
    (0.0, 90.0),
    (123.0, -90.0),
    (359.999, 0.0),
    (0.001, -45.0),
    (200.0, 88.0),
    (77.0, -3.0),
    (10.0, -87.1),
]


@pytest.fixture(scope="module")
def survey() -> ImageSets:
    return synthetic(3000)


@pytest.fixture(scope="module")
def source(survey: ImageSets, tmp_path_factory: pytest.TempPathFactory) -> DirectoryTree:
    tree = DirectoryTree(tmp_path_factory.mktemp("archive"))
    publish(tree, survey, numbered=False, origin="synthetic")
    return tree


@pytest.fixture(scope="module")
def inventory(source: DirectoryTree) -> Inventory:
    return Inventory.open(source, "asky")


def keys_where(survey: ImageSets, held: np.ndarray) -> set[int]:
    return set(survey.coadd_key[held].tolist())


def keys_of(inventory: Inventory, sets: np.ndarray) -> set[int]:
    keys = inventory.details(sets).coadd_key.tolist()
    assert len(set(keys)) == len(keys)
    return set(keys)


@pytest.mark.parametrize("diameter", [0.05, 1.0, 7.0])
@pytest.mark.parametrize("relation", ["overlap", "cover", "enclosed", "center"])
def test_no_zone_hides_an_image_from_a_region(
    survey: ImageSets, inventory: Inventory, diameter: float, relation: Relation
) -> None:
    rng = np.random.default_rng(1)
    found = 0
    images = survey.footprints()
    corners = images.corners()
    own = [(corners[0][i, 1], corners[1][i, 1]) for i in rng.integers(0, len(survey), 20)]
    for ra, dec in [*CENTRES, *own]:
        sets = inventory.in_region(Circle(ra, dec, diameter / 2), relation)
        assert np.all(np.diff(sets) > 0)
        expected = keys_where(survey, Circle(ra, dec, diameter / 2).matches(images, relation))
        assert keys_of(inventory, sets) == expected
        found += len(sets)
    assert found or (relation, diameter) in {("cover", 1.0), ("cover", 7.0), ("enclosed", 0.05)}


def test_no_zone_hides_an_image_from_a_box(survey: ImageSets, inventory: Inventory) -> None:
    images = survey.footprints()
    for ra, dec in CENTRES:
        for relation in ("overlap", "enclosed", "cover", "center"):
            sets = inventory.in_region(Box(ra, dec, 5.0, 0.7), relation)
            assert keys_of(inventory, sets) == keys_where(
                survey, Box(ra, dec, 5.0, 0.7).matches(images, relation)
            )


def test_positions_find_every_image_that_contains_them(survey: ImageSets, inventory: Inventory) -> None:
    rng = np.random.default_rng(2)
    images = survey.footprints()
    some = rng.integers(0, len(survey), 150)
    ra = (images.crval1[some] + rng.normal(0, 0.08, 150)) % 360.0
    dec = np.clip(images.crval2[some] + rng.normal(0, 0.1, 150), -90, 90)
    ra, dec = np.append(ra, [c[0] for c in CENTRES]), np.append(dec, [c[1] for c in CENTRES])
    matches = inventory.positions(ra, dec)
    details = inventory.details(matches.set_index)
    for row in range(len(ra)):
        distance = images.edge_distance(fk5_vector(ra[row], dec[row]))
        mine = matches.row == row
        assert set(details.coadd_key[mine].tolist()) == keys_where(survey, distance >= 0.0)
        assert np.all(np.diff(matches.edge_distance[mine]) <= 0.0)
        assert np.allclose(np.sort(distance[distance >= 0])[::-1], matches.edge_distance[mine], atol=1e-6)
    assert np.all(np.diff(matches.row) >= 0)
    assert len(matches) > 100


def test_best_is_the_first_of_each_row(inventory: Inventory) -> None:
    rng = np.random.default_rng(3)
    sky = inventory.footprints(rng.integers(0, inventory.size, 200))
    wanted = rng.random(200) < 0.5
    everything = inventory.positions(sky.crval1, sky.crval2)
    mixed = inventory.positions(sky.crval1, sky.crval2, best=wanted)
    first = np.diff(everything.row, prepend=-1) != 0
    keep = first | ~wanted[everything.row]
    assert np.array_equal(mixed.set_index, everything.set_index[keep])
    assert np.array_equal(mixed.row, everything.row[keep])


def test_equally_good_images_tie_by_identity(tmp_path: Path) -> None:
    one = synthetic(1).take(np.array([3, 3, 3]))
    three = replace(one, date=np.array(["990103", "990101", "990102"]), coadd_key=np.array([1, 2, 3]))
    publish(DirectoryTree(tmp_path), three, numbered=False, origin="test")
    inventory = Inventory.open(DirectoryTree(tmp_path), "asky")
    position = float(one.crval1[0]), float(one.crval2[0])
    matches = inventory.positions([position[0]], [position[1]])
    assert inventory.details(matches.set_index).date.tolist() == ["990101", "990102", "990103"]
    best = inventory.positions([position[0]], [position[1]], best=True)
    assert inventory.details(best.set_index).date.tolist() == ["990101"]


def test_keys_find_their_sets_and_only_theirs(survey: ImageSets, inventory: Inventory) -> None:
    rng = np.random.default_rng(4)
    wanted = rng.choice(survey.coadd_key, 500)
    assert np.array_equal(inventory.details(inventory.by_coadd_key(wanted)).coadd_key, wanted)
    assert inventory.by_coadd_key([0, -5, int(survey.coadd_key.max()) + 1, 2**40]).tolist() == [-1] * 4


def test_scans_answer_one_image_or_all_in_order(survey: ImageSets, inventory: Inventory) -> None:
    i = 1234
    asked = (str(survey.date[i]), str(survey.hem[i]), int(survey.scan[i]))
    matches = inventory.by_scan([asked[0]] * 3, [asked[1]] * 3, [asked[2]] * 3, [0, int(survey.image[i]), 5])
    assert matches.row.tolist() == [0] * 23 + [1]
    details = inventory.details(matches.set_index)
    assert details.image[:23].tolist() == sorted(set(survey.image.tolist()))
    assert details.coadd_key[23] == survey.coadd_key[i]
    assert set(details.date.tolist()) == {asked[0]}
    other = "s" if asked[1] == "n" else "n"
    assert len(inventory.by_scan(["990230"], [other], [998])) == 0
    assert len(inventory.by_scan([asked[0]], [asked[1]], [asked[2]], [10_009])) == 0


def test_details_are_what_was_written(survey: ImageSets, inventory: Inventory) -> None:
    order = np.random.default_rng(5).permutation(len(survey))[:400]
    expected = survey.take(order)
    details = inventory.details(inventory.by_coadd_key(expected.coadd_key))
    for name, value in vars(expected).items():
        ours = getattr(details, name)
        if isinstance(value, dict):
            assert all(np.array_equal(ours[band], value[band]) for band in "jhk"), name
        elif name != "set_index":
            assert np.array_equal(ours, value), name
    image = details.image_id(7, "h")
    assert isinstance(image, ScanImageId)
    assert (image.date, image.hem, image.scan, image.image) == (
        expected.date[7], expected.hem[7], expected.scan[7], expected.image[7],
    )  # fmt: skip


def test_pixels_take_icrs_positions(inventory: Inventory) -> None:
    sets = np.arange(0, inventory.size, 97)
    details = inventory.details(sets)
    found = inventory.pixel_positions(sets, details.crval1, details.crval2)
    x, y = found.x, found.y
    shift = np.hypot(x - details.crpix1, y - details.crpix2)
    # FK5 numbers taken for ICRS are off by the frame bias: at most 0.03 arcsec, and not nothing.
    assert np.median(shift) > 1e-3
    assert shift.max() < 0.04


def test_limits_name_count_and_limit(inventory: Inventory) -> None:
    count = len(inventory.in_region(Circle(10, 0, 3.5), "overlap"))
    assert len(inventory.in_region(Circle(10, 0, 3.5), "overlap", limit=count)) == count
    with pytest.raises(TooLarge, match=f"{count} image sets match, and the limit is {count - 1}"):
        inventory.in_region(Circle(10, 0, 3.5), "overlap", limit=count - 1)
    details = inventory.details(np.arange(50))
    matches = inventory.positions(details.crval1, details.crval2)
    with pytest.raises(TooLarge, match=f"{len(matches)} image sets"):
        inventory.positions(details.crval1, details.crval2, limit=len(matches) - 1)
    with pytest.raises(TooLarge, match="46 image sets"):
        inventory.by_scan(details.date[:2], details.hem[:2], details.scan[:2], 0, limit=45)


def test_a_field_scanned_thousands_of_times_is_counted_in_bounded_memory(tmp_path: Path) -> None:
    times = 250_000
    many = synthetic(1, dataset="cal").take(np.zeros(times, dtype=int))
    number = np.arange(times)
    dates = np.char.zfill((990000 + number // 9999).astype("U6"), 6)
    many = replace(many, date=dates, image=number % 9999 + 1, coadd_key=number + 1)
    publish(DirectoryTree(tmp_path), many, numbered=False, origin="test")
    inventory = Inventory.open(DirectoryTree(tmp_path), "cal")
    position = float(many.crval1[0]), float(many.crval2[0])
    with pytest.raises(TooLarge, match="250000 image sets"):
        inventory.in_region(Circle(*position, 0.025), "overlap", limit=100_000)
    with pytest.raises(TooLarge, match="500000 image sets"):
        inventory.positions([position[0]] * 2, [position[1]] * 2, limit=100_000)
    best = inventory.positions([position[0]] * 2, [position[1]] * 2, best=True, limit=2)
    assert best.set_index.tolist() == [0, 0]


def test_an_object_store_answers_as_a_directory_does(
    survey: ImageSets, inventory: Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path))
    store = MemoryStore()
    publish(BucketTree(store, "mirror/a"), survey, numbered=False, origin="synthetic")
    remote = Inventory.open(BucketTree(store, "mirror/a"), "asky")
    sets = remote.in_region(Circle(77, -3, 3.5), "overlap")
    assert np.array_equal(sets, inventory.in_region(Circle(77, -3, 3.5), "overlap"))
    assert np.array_equal(remote.details(sets).coadd_key, inventory.details(sets).coadd_key)
    assert np.array_equal(remote.details(sets).magzp["k"], inventory.details(sets).magzp["k"])


def test_where_a_region_overlaps_an_image_one_is_near(survey: ImageSets, inventory: Inventory) -> None:
    rng = np.random.default_rng(5)
    ra, dec = rng.uniform(0, 360, 300), np.degrees(np.arcsin(rng.uniform(-1, 1, 300)))
    near = inventory.any_near(ra, dec, 1.0)
    images = survey.footprints()
    expected = [Circle(*place, 1.0).matches(images, "overlap").any() for place in zip(ra, dec, strict=True)]
    assert (near | ~np.array(expected)).all()
    assert 0 < near.sum() < 300
