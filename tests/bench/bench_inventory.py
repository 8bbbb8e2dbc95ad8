"""The inventory over the full synthetic survey, beside DuckDB on Parquet and SQLite's R*Tree.

Answers are compared before anything is timed.
"""

from __future__ import annotations

import importlib.util
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from skybatch.inventory.image_sets import ImageSets, scan_codes
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.sky.regions import Circle
from skybatch.storage.directory_tree import DirectoryTree
from tests.bench.harness import Bench, median_ms
from tests.bench.inventory.cold import measure_first_region, measure_object_store
from tests.bench.inventory.questions import PLACE, ROWS, anywhere, by_row, check_same, look_ups, numbers
from tests.bench.inventory.rivals import DuckDB, Rival, SQLite
from tests.support.survey.described.four_bands import four_band_sets, known_survey
from tests.support.survey.format2 import publish_format2
from tests.support.survey.synthetic_survey import synthetic

TURNS = 5
PAIRS = 101


def run(bench: Bench) -> None:
    """Every row of the inventory's table of targets."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sets = synthetic()
        publish(DirectoryTree(folder), sets, numbered=False, origin="synthetic")
        inventory = Inventory.open(DirectoryTree(folder), "asky")
        np.save(folder / "shapes.npy", sets.grids()[0])
        rivals = _rivals(bench, folder, sets)
        for diameter in (1.0, 7.0):
            measure_first_region(bench, folder, diameter, rivals)
        measure_object_store(bench, folder)
        _regions(bench, inventory, rivals)
        _positions(bench, inventory, rivals)
        _lists(bench, inventory, rivals)
        _formats(bench, folder, sets, inventory)
        _four_bands(bench, folder)


def _rivals(bench: Bench, folder: Path, sets: ImageSets) -> dict[str, Rival]:
    shapes = sets.grids()[0]
    SQLite.build(folder / "SQLite", sets)
    rivals: dict[str, Rival] = {"SQLite": SQLite(folder / "SQLite", shapes)}
    if importlib.util.find_spec("duckdb") is None or importlib.util.find_spec("pyarrow") is None:
        bench.skip("DuckDB on Parquet (install the extra `bench`)")
        return rivals
    DuckDB.build(folder / "DuckDB", sets)
    return {"DuckDB": DuckDB(folder / "DuckDB", shapes), **rivals}


def _regions(bench: Bench, inventory: Inventory, rivals: dict[str, Rival]) -> None:
    for diameter, at_most, repeats in ((0.05, 0.3, 100), (1.0, 0.5, 50), (7.0, 1.0, 10)):
        compare(
            bench,
            f"region of {diameter:g} deg, overlap",
            partial(inventory.in_region, Circle(*PLACE, diameter / 2.0), "overlap"),
            lambda found: np.sort(inventory.details(found).coadd_key),
            {name: partial(r.region, *PLACE, diameter) for name, r in rivals.items()},
            at_most,
            repeats,
        )
    pole = median_ms(lambda: inventory.in_region(Circle(0.0, 90.0, 3.5), "overlap"), 30)
    bench.add("region of 7 deg about the pole, overlap", pole)
    for relation in ("cover", "enclosed"):
        times = median_ms(partial(inventory.in_region, Circle(*PLACE, 3.5), relation), 50)
        bench.add(f"region of 7 deg, {relation}", times, at_most=1.0)


def _positions(bench: Bench, inventory: Inventory, rivals: dict[str, Rival]) -> None:
    ra, dec = anywhere()
    for best, at_most in ((False, 30.0), (True, 30.0)):
        compare(
            bench,
            f"{ROWS} positions, all sky, {'best image' if best else 'all images'}",
            partial(inventory.positions, ra, dec, best),
            lambda found: by_row(found.row, inventory.details(found.set_index).coadd_key),
            {name: partial(r.positions, ra, dec, best) for name, r in rivals.items()},
            at_most,
            5,
            lambda answer: by_row(*answer),
        )
    found = inventory.positions(ra, dec)
    details = median_ms(lambda: inventory.details(found.set_index).loaded(), 10)
    bench.add(f"details of {len(found)} scattered sets", details)
    bench.add(
        f"pixels of {len(found)} positions",
        median_ms(lambda: inventory.pixel_positions(found.set_index, ra[found.row], dec[found.row]), 10),
    )


def _lists(bench: Bench, inventory: Inventory, rivals: dict[str, Rival]) -> None:
    details = inventory.details(np.random.default_rng(4).integers(0, inventory.size, ROWS))
    keys = details.coadd_key
    compare(
        bench,
        f"{ROWS} coadd keys",
        lambda: inventory.by_coadd_key(keys),
        lambda found: inventory.details(found).coadd_key,
        {name: partial(r.keys, keys) for name, r in rivals.items()},
        10.0,
        5,
    )
    rows = (details.date, details.hem, details.scan)
    for what, image in (("with image number", details.image), ("whole scans", np.zeros(ROWS, int))):
        low = scan_codes(*rows, image)
        high = low + np.where(image > 0, 0, 9999)
        compare(
            bench,
            f"{ROWS} scan rows, {what}",
            partial(inventory.by_scan, *rows, image),
            lambda found: inventory.details(found.set_index).coadd_key,
            {name: partial(r.scans, low, high) for name, r in rivals.items()},
            10.0,
            5,
        )


def compare(
    bench: Bench,
    name: str,
    ours: Callable[[], Any],
    keys: Callable[[Any], Any],
    rivals: dict[str, Callable[[], Any]],
    at_most: float,
    repeats: int,
    answer: Callable[[Any], Any] = lambda found: found,
) -> None:
    """Our median against its target, and against each rival's after checking that it answers the same."""
    expected = keys(ours())
    for rival, call in rivals.items():
        check_same(expected, answer(call()), f"{name}, {rival}")
    calls = {"ours": ours, **rivals}
    times: dict[str, list[float]] = {who: [] for who in calls}
    # In turns, so that all see the same load of the machine.
    for _ in range(TURNS):
        for who, call in calls.items():
            times[who].append(median_ms(call, repeats if who == "ours" else max(repeats // 5, 1)))
    median = statistics.median(times["ours"])
    bench.add(name, median, at_most=at_most)
    for rival in rivals:
        theirs = statistics.median(times[rival])
        bench.add(f"{name}, against {rival}", median, reference=theirs, ratio_at_least=1.0)


def _formats(bench: Bench, folder: Path, sets: ImageSets, inventory: Inventory) -> None:
    """The look-ups of format 3 beside those of format 2, in turns; the answers are the same."""
    publish_format2(DirectoryTree(folder / "format2"), sets)
    earlier = Inventory.open(DirectoryTree(folder / "format2"), "asky")
    for name, ask in look_ups().items():
        check_same(numbers(ask(inventory)), numbers(ask(earlier)), name)
        times: dict[Inventory, list[float]] = {inventory: [], earlier: []}
        for number in range(PAIRS):
            # In turns, either first: their medians see the same load of the machine, and the same caches.
            for each in (inventory, earlier) if number % 2 else (earlier, inventory):
                times[each].append(median_ms(partial(ask, each), 1))
        now, before = statistics.median(times[inventory]), statistics.median(times[earlier])
        bench.add(f"{name}: times that of format 2", now / before, unit="x", at_most=1.1)


def _four_bands(bench: Bench, folder: Path) -> None:
    """A survey of 1.5 million sets of four bands, TAN, turned any way, in ICRS."""
    with known_survey():
        publish(DirectoryTree(folder / "quad"), four_band_sets(1_500_000), numbered=False, origin="synthetic")
        inventory = Inventory.open(DirectoryTree(folder / "quad"), "quad")
        for name, ask in look_ups().items():
            at_most = 30.0 if "positions" in name else 1.0
            bench.add(
                f"1.5 million sets of four bands: {name}",
                median_ms(partial(ask, inventory), 20),
                at_most=at_most,
            )
