"""An inventory of single exposures with distortions, as of NEOWISE, which has two images each.

Made ones: see `tests.support.survey.shipped.many_frames`. One position's images are astropy's before look-ups
are timed. ``NEOWISE_SETS=5000000`` takes minutes and 12 GB of memory.
"""

from __future__ import annotations

import os
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
from astropy.coordinates import FK5, SkyCoord

from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.sky.regions import Circle
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.catalogue import packaged_description, packaged_survey
from tests.bench.harness import Bench, median_ms
from tests.support.survey.descriptions import known_survey
from tests.support.survey.shipped.many_frames import SIDE, SLOTS, astropys, many_frames

SETS = int(os.environ.get("NEOWISE_SETS", "100000"))
PLACE = (83.822, -5.391)


def run(bench: Bench) -> None:
    """Publish it, and look images up."""
    with tempfile.TemporaryDirectory() as scratch, known_survey(packaged_survey("neowise")):
        tree = DirectoryTree(Path(scratch))
        sets = many_frames(SETS)
        made = _peak_megabytes()
        start = time.perf_counter()
        publish(tree, sets, numbered=False, origin="synthetic", description=packaged_description("neowise"))
        what = f"{SETS:,} exposures, {2 * SETS:,} images"
        bench.add(f"{what}: to columns and files", time.perf_counter() - start, unit="s")
        most = f"{what}: most memory meanwhile, with {made:,.0f} MB of the made sets"
        bench.add(most, _peak_megabytes(), unit="MB")
        _sizes(bench, Path(scratch), what)
        inventory = Inventory.open(tree, "neowise")
        _check(inventory, sets)
        del sets
        _look_ups(bench, inventory, what)


def _sizes(bench: Bench, folder: Path, what: str) -> None:
    files = {file.name: file.stat().st_size for file in folder.rglob("*.npy")}
    bench.add(f"{what}: size", sum(files.values()) / 1e6, unit="MB")
    for name, size in sorted(files.items(), key=lambda item: -item[1])[:6]:
        bench.add(f"{what}: of it {name}", size / 1e6, unit="MB")
    bench.add(f"{what}: an image", sum(files.values()) / (2 * SETS), unit="bytes")


def _check(inventory: Inventory, sets: ImageSets) -> None:
    """Hold one position's images against astropy's."""
    found = inventory.details(inventory.positions([PLACE[0]], [PLACE[1]]).set_index)
    ours = {(found.scan_id[i], int(found.frame_num[i]), int(found.own_band[i])) for i in range(len(found))}  # type: ignore[attr-defined,index]
    fk5 = SkyCoord(*PLACE, unit="deg").transform_to(FK5(equinox="J2000"))
    slots = sets.placement.slots  # type: ignore[union-attr]
    ra, dec = (slots[:, SLOTS.index(name)] for name in ("crval1", "crval2"))
    near = np.flatnonzero(
        (np.abs(dec - fk5.dec.deg) < 0.7) & (np.abs(ra - fk5.ra.deg) * np.cos(np.radians(PLACE[1])) < 0.7)
    )
    theirs = set()
    for row in near.tolist():
        x, y = astropys(sets, row).all_world2pix(fk5.ra.deg, fk5.dec.deg, 1, quiet=True)
        if 0.5 <= x <= SIDE + 0.5 and 0.5 <= y <= SIDE + 0.5:
            theirs.add((sets.scan_id[row], int(sets.frame_num[row]), int(sets.own_band[row])))  # type: ignore[attr-defined,index]
    assert ours == theirs, f"{len(ours ^ theirs)} images differ from astropy's {len(theirs)}"


def _look_ups(bench: Bench, inventory: Inventory, what: str) -> None:
    rng = np.random.default_rng(5)
    ra, dec = rng.uniform(0.0, 360.0, 100), np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 100)))
    found = inventory.positions([PLACE[0]], [PLACE[1]])
    one = partial(inventory.positions, [PLACE[0]], [PLACE[1]])
    bench.add(f"{what}: a position, {len(found)} images", median_ms(one, 10))
    bench.add(f"{what}: 100 positions, best image", median_ms(partial(inventory.positions, ra, dec, True), 3))
    region = partial(inventory.in_region, Circle(*PLACE, 0.125), "overlap")
    bench.add(f"{what}: region of 0.25 deg, {len(region())} images", median_ms(region, 5))
    details = inventory.details(rng.integers(0, inventory.size, 2500))
    ids = [f"{details.scan_id[i]}{details.frame_num[i]:03d}" for i in range(2500)]  # type: ignore[attr-defined]
    bench.add(f"{what}: 2500 identifiers", median_ms(partial(inventory.by_image_id, ids), 5))


def _peak_megabytes() -> float:
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
