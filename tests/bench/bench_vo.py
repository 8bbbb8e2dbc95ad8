"""The search function called in-process over the full synthetic survey, and its cold start.

Requests go through the handler as API Gateway sends them; the inventory is mapped from disk. What a cutout
costs beside the read from S3 is measured on the archive's calls with the image in memory.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import obstore
from isal import igzip
from obstore.store import LocalStore, MemoryStore

from skybatch.api.dependencies import Dependencies
from skybatch.api.routes import ibe_data, ibe_search, image_inventory, sia1, sia2
from skybatch.errors import InventoryError
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.sky.regions import Circle
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import atlas_key
from tests.bench.harness import Bench, median_ms
from tests.support.images.fits_files import make_image
from tests.support.servers.http import CONTEXT, HttpClient, http_event, make_dependencies
from tests.support.survey.recording_tree import RecordingTree
from tests.support.survey.synthetic_survey import synthetic

ROOT = Path(__file__).resolve().parents[2]
PLACE = "100,-40"
SIA = "/ibe/sia/twomass/allsky/allsky"
SEARCH = "/ibe/search/twomass/allsky/allsky"
COLD_RUNS = 11
# What is searched for without a position, and the stored columns that it names.
CONDITIONS = (
    ("a night's good images", "ordate = '990101' and seesh < 2.5 and filter = 'k'", ("date", "seesh.k")),
    ("a zero point", "magzp > 21.35 and filter = 'k'", ("magzp.k",)),
    ("magnitudes in any band", "magzp > 21.3 and msnr10 > 16.6", tuple(
        f"{name}.{band}" for name in ("magzp", "msnr10") for band in "jhk"
    )),
    ("the last image of scans in the south", "hemisphere = 's' and coaddno = 268", ("hem", "image")),
    ("days and seeing", "ut_date between '990101' and '990102' and seesh < 2.45", (
        "ut_date", "seesh.j", "seesh.h", "seesh.k"
    )),
    ("declinations about the pole", "crval2 > 89.9", ("crval",)),
)  # fmt: skip
COLD = """
import json, sys, time
sys.path.insert(0, "functions/search")
start = time.perf_counter(), time.process_time()
import app
print(json.dumps([(time.perf_counter() - start[0]) * 1e3, (time.process_time() - start[1]) * 1e3]))
"""


def run(bench: Bench) -> None:
    """Every figure of the archive-compatible endpoints."""
    _cold(bench)
    with tempfile.TemporaryDirectory() as scratch:
        source = DirectoryTree(Path(scratch))
        publish(source, synthetic(), numbered=False, origin="synthetic")
        inventory = Inventory.open(source, "asky")
        archive = MemoryStore()
        key, center = _stored_image(archive, inventory)
        client = _client(archive, inventory)
        _searches(bench, client)
        _conditions(bench, client)
        _bytes_read(bench, Path(scratch))
        _cutouts(bench, client, key, center)


def _searches(bench: Bench, client: HttpClient) -> None:
    for size, at_most, repeats in ((0.1, 15.0, 200), (2.0, 150.0, 30)):
        for form in ("VOTABLE", "CSV"):
            ask = _query(client, SIA, POS=PLACE, SIZE=size, RESPONSEFORMAT=form)
            rows = ask()["rows"]
            bench.add(f"SIA of {size:g} deg, {rows} rows as {form}", median_ms(ask, repeats), at_most=at_most)
    inventory = _query(client, "/cgi-bin/2MASS/IM/nph-im_sia", POS=PLACE, SIZE=2.0)
    bench.add(f"nph-im_sia of 2 deg, {inventory()['rows']} rows", median_ms(inventory, 10))
    newer = _query(client, "/sia2/query", POS="CIRCLE 100 -40 1")
    bench.add(f"SIA 2.0 of 2 deg, {newer()['rows']} rows", median_ms(newer, 10))


def _conditions(bench: Bench, client: HttpClient) -> None:
    ask = _query(client, SEARCH, where="coadd_key = 12345", ct="csv")
    bench.add("search of all 4.1 million images: one coadd key", median_ms(ask, 3))
    for words, condition, _ in CONDITIONS:
        ask = _query(client, SEARCH, where=condition, columns="coadd_key", ct="csv")
        bench.add(f"search of all 4.1 million images: {words}", median_ms(ask, 7), at_most=150.0)
    beside = _query(client, SEARCH, POS=PLACE, SIZE=2.0, where="filter = 'j' and magzp > 20.8", ct="csv")
    bench.add("search of 2 deg with a condition", median_ms(beside, 30))


def _bytes_read(bench: Bench, folder: Path) -> None:
    """What a search reads from an object store with nothing at hand, beside the columns that it names."""
    for words, condition, named in CONDITIONS:
        with tempfile.TemporaryDirectory() as cache:
            os.environ["SKYBATCH_CACHE"] = cache
            tree = RecordingTree(LocalStore(str(folder)))
            inventory = Inventory.open(tree, "asky")
            tree.ranges.clear()
            _query(
                _client(MemoryStore(), inventory), SEARCH, where=condition, columns="coadd_key", ct="csv"
            )()
            version = folder / "inventory/asky" / inventory.version
            size = sum((version / f"{name}.npy").stat().st_size for name in (*named, "coadd_key"))
            what = f"bytes read by a search of all images ({words}), beside those of the columns named"
            bench.add(what, tree.bytes_read / size, unit="x", at_most=1.2)
    del os.environ["SKYBATCH_CACHE"]


def _cutouts(bench: Bench, client: HttpClient, key: str, center: str) -> None:
    for words, more in (("as .fits.gz", {}), ("as .fits", {"gzip": "0"})):
        ask = _query(client, f"/ibe/data/{key}", center=center, size="1arcmin", **more)
        bench.add(f"cutout of 1 arcmin from .fits.gz, {words}", median_ms(ask, 100), at_most=12.0)


def _cold(bench: Bench) -> None:
    """Milliseconds to import the function, byte code written before, as an installed layer has it."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        times = [_import(environment) for _ in range(COLD_RUNS + 1)]
    wall, cpu = (statistics.median(column) for column in zip(*times[1:], strict=True))
    bench.add("search function: imports of a cold start", wall, at_most=300.0)
    bench.add("search function: imports of a cold start, CPU", cpu)


def _import(environment: dict[str, str]) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", COLD], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    wall, cpu = json.loads(done.stdout)
    return wall, cpu


def _query(client: HttpClient, path: str, **parameters: object) -> Callable[[], dict[str, Any]]:
    """Return a call of the application; its answer must be a success."""
    event = http_event("GET", f"{path}?{urlencode(parameters)}")

    def call() -> dict[str, Any]:
        answer = client.app.handle(event, CONTEXT)
        if answer["statusCode"] != 200:
            raise AssertionError(f"{path}: {answer['statusCode']} {answer['body'][:200]}")
        return {"rows": _rows(answer["body"])}

    return call


def _rows(body: str) -> int:
    import base64

    text = base64.b64decode(body)
    return text.count(b"<TR>") or max(text.count(b"\n") - 1, 0)


def _client(archive: MemoryStore, inventory: Inventory) -> HttpClient:
    """Return the search function's application over this archive and this one inventory."""

    def open_inventory(dataset: str, version: str | None = None) -> Inventory:
        if dataset != "asky":
            raise InventoryError(f"no inventory of {dataset}")
        return inventory

    dependencies: Dependencies = make_dependencies(archive=archive, open_inventory=open_inventory)
    modules = (sia1, ibe_search, image_inventory, sia2, ibe_data)
    return HttpClient(dependencies, *(module.routes for module in modules))


def _stored_image(archive: MemoryStore, inventory: Inventory) -> tuple[str, str]:
    """One of the survey's images with real pixels: its key, and a position on it."""
    details: ImageSets = inventory.details(inventory.in_region(Circle(100.0, -40.0, 0.025), "center")[:1])
    key = atlas_key(details.image_id(0, "j"))
    image = make_image(float(details.crval1[0]), float(details.crval2[0]), seed=1)
    obstore.put(archive, key, igzip.compress(image, 2))
    return key, f"{details.crval1[0]},{details.crval2[0]}"
