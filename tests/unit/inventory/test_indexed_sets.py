"""Look-ups over images of mixed radii, projections and frames miss none, and read a small part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from obstore.store import MemoryStore

from skybatch.errors import InventoryError
from skybatch.inventory.image_sets import ImageSets, set_ids
from skybatch.inventory.indexed_sets import IndexedSets
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.manifest import read_manifest
from skybatch.inventory.publish import publish
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import Projection
from skybatch.sky.regions import Circle
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.image_sets import sample_image_sets
from tests.support.survey.recording_tree import RecordingTree
from tests.support.survey.synthetic_survey import synthetic


def mixed(frame: ImageFrame) -> ImageSets:
    """A thousand images: four sizes of pixel, half of them TAN, some far from their reference pixel."""
    number = np.arange(1000)
    scale = np.array([1.0, 2.5, 12.0, 40.0])[number % 4]
    given: dict[str, Any] = {
        "cdelt1": -0.0002777777845 * scale,
        "cdelt2": 0.0002777777845 * scale,
        "crpix1": np.where(number % 7 == 0, -900.0, 256.5),
        "crota2": number % 360 - 180.0,
        "skew": np.where(number % 5 == 0, 2e-5, 0.0) * scale,
        "projection": np.where(number % 2, Projection.TAN, Projection.SIN).astype(float),
        "frame": frame,
    }
    return sample_image_sets(1000, "asky", scan=number // 23 + 1, **given)


@pytest.mark.parametrize("frame", list(ImageFrame))
@pytest.mark.parametrize("store", ["directory", "bucket"])
def test_no_image_of_any_class_is_missed(
    frame: ImageFrame, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path / "cache"))
    tree = DirectoryTree(tmp_path) if store == "directory" else BucketTree(MemoryStore())
    publish(tree, mixed(frame), numbered=False, origin="test")
    inventory = Inventory.open(tree, "asky")
    everything = inventory.footprints(np.arange(inventory.size))
    assert everything.frame is frame
    rng = np.random.default_rng(9)
    ra = np.concatenate([rng.uniform(0, 360, 60), [0.0, 359.9999, 10.0, 10.0]])
    dec = np.concatenate([np.degrees(np.arcsin(rng.uniform(-1, 1, 60))), [0.0, 1.0, 90.0, -90.0]])
    count = 0
    for a, d in zip(ra, dec, strict=True):
        inside = np.flatnonzero(everything.edge_distance(frame.vectors(a, d)) >= 0)
        found = inventory.positions([a], [d])
        assert sorted(found.set_index.tolist()) == inside.tolist()
        region = Circle(float(a), float(d), 2.0)
        expected = np.flatnonzero(region.matches(everything, "overlap"))
        assert np.array_equal(inventory.in_region(region, "overlap"), expected)
        count += len(expected)
    assert count > 50


def test_identifiers_lead_to_their_sets(tmp_path: Path) -> None:
    publish(DirectoryTree(tmp_path), synthetic(300), numbered=False, origin="test")
    sets = opened(DirectoryTree(tmp_path))
    rows = np.arange(0, sets.size, 13)
    known = sets.details(rows)
    wanted = set_ids(known.date, known.hem, known.scan, known.image)
    starts, stops, _ = sets.by_id(wanted)
    assert np.array_equal(sets.in_order_of_identity(starts), rows)
    assert (stops - starts == 1).all()
    starts, stops, _ = sets.by_id(np.array([b"000000n0000000", b"zzz"]))
    assert (stops - starts).tolist() == [0, 0]
    assert wanted[0].decode().startswith(str(known.date[0]))


def opened(tree: Any) -> IndexedSets:
    version = tree.read("inventory/asky/current").decode()
    manifest = read_manifest(tree.read(f"inventory/asky/{version}/manifest.json"), "m")
    return IndexedSets(tree, "asky", version, manifest)


def test_one_look_up_reads_a_small_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path))
    tree = RecordingTree(MemoryStore())
    publish(tree, synthetic(12_000), numbered=False, origin="test")
    total = sum(entry.size for entry in tree.entries("inventory/"))
    uses: list[Callable[[Inventory], object]] = [
        lambda sets: sets.in_region(Circle(100.0, -40.0, 0.5), "overlap"),
        lambda sets: sets.positions([10.0], [80.0]),
        lambda sets: sets.by_coadd_key([77, 12_345]),
        lambda sets: sets.by_scan(["990101"], ["n"], [12]),
    ]
    for use in uses:
        tree.ranges.clear()
        use(Inventory.open(tree, "asky"))
        assert 0 < tree.bytes_read < total / 20


def test_damaged_zones_are_named(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    version = publish(tree, synthetic(5), numbered=False, origin="test")
    path = tmp_path / "inventory/asky" / version / "zones.npy"
    content = bytearray(path.read_bytes())
    content[128 + 4 * 900 : 128 + 4 * 901] = b"\xff" * 4
    path.write_bytes(bytes(content))
    with pytest.raises(InventoryError, match="zones"):
        Inventory.open(tree, "asky").in_region(Circle(0.0, 0.0, 1.0), "overlap")


def test_replaced_sets_keep_their_frame_and_projection(tmp_path: Path) -> None:
    publish(DirectoryTree(tmp_path), mixed(ImageFrame.GALACTIC), numbered=False, origin="test")
    details = Inventory.open(DirectoryTree(tmp_path), "asky").details(np.arange(1000))
    publish(DirectoryTree(tmp_path), replace(details, image=details.image), numbered=False, origin="test")
    again = Inventory.open(DirectoryTree(tmp_path), "asky").details(np.arange(1000))
    for name in ("crval1", "crota2", "skew", "projection", "cdelt1", "date"):
        assert np.array_equal(getattr(again, name), getattr(details, name)), name
    assert again.frame is ImageFrame.GALACTIC
