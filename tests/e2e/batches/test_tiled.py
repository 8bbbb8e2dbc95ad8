"""The archive in tiles through the whole stack: the same files, whichever form they are read from.

Cutouts differ in CUTFILE alone, which names the file that was read.
"""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from local.stack import Plan, Stack, running_stack
from skybatch.archive.index import index
from skybatch.archive.repack import repack
from skybatch.storage.directory_tree import DirectoryTree
from tests.e2e.service import Service
from tests.support.survey.descriptions import IVOID

pytestmark = pytest.mark.e2e

IMAGES, CROPS_AN_IMAGE = 6, 5


@pytest.fixture(scope="module")
def originals(survey_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree of a few genuine images, indexed."""
    root = tmp_path_factory.mktemp("gzip")
    archive = survey_data / "archive"
    for path in sorted((archive / "twomass/full").rglob("*.fits.gz"))[:IMAGES]:
        target = root / path.relative_to(archive)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    index(DirectoryTree(root), "askyw")
    return root


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Service]]:
    with ExitStack() as running:

        def started(archive: Path) -> Service:
            plan = Plan(tmp_path_factory.mktemp("stack"), archive=archive)
            stack: Stack = running.enter_context(running_stack(plan))
            return Service(stack.url)

        yield started


def repacked(originals: Path, folder: Path, *, delete_originals: bool) -> Path:
    shutil.copytree(originals, folder, dirs_exist_ok=True)
    report = repack(DirectoryTree(folder), "askyw", delete_originals=delete_originals)
    assert report.problems == ()
    assert report.packed == IMAGES
    return folder


@pytest.fixture(scope="module")
def services(
    originals: Path, start: Callable[[Path], Service], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Service]:
    """By what the archive holds: gzip alone, tiles beside it, tiles alone."""
    return {
        "gzip": start(originals),
        "beside": start(repacked(originals, tmp_path_factory.mktemp("beside"), delete_originals=False)),
        "instead": start(repacked(originals, tmp_path_factory.mktemp("instead"), delete_originals=True)),
    }


@pytest.fixture(scope="module")
def table(originals: Path) -> str:
    """Positions all over the images, some over their edges."""
    random = np.random.default_rng(6)
    lines = ["ra,dec,size"]
    for path in sorted(originals.rglob("*.fits.gz")):
        wcs = WCS(fits.getheader(path))
        for _ in range(CROPS_AN_IMAGE):
            ra, dec = wcs.all_pix2world(random.uniform(3, 510), random.uniform(3, 820), 1)
            lines.append(f"{float(ra)},{float(dec)},{random.uniform(10, 250)}")
    return "\n".join(lines) + "\n"


def fields(table: str, **more: Any) -> dict[str, Any]:
    return {"mode": "positions", "dataset": "askyw", "bands": "J", "table": table, **more}


def without_origin(crop: bytes) -> bytes:
    """Give a cutout as it is whichever form was read."""
    return crop.replace(b".fits.fz' ", b".fits.gz' ", 1)


def test_crops_are_the_same_files_from_every_form(services: dict[str, Service], table: str) -> None:
    crops = {name: service.images(service.run(**fields(table))) for name, service in services.items()}
    assert len(crops["gzip"]) >= IMAGES * CROPS_AN_IMAGE
    for name in ("beside", "instead"):
        assert all(b".fits.fz' " in body for body in crops[name].values())
        assert {file: without_origin(body) for file, body in crops[name].items()} == crops["gzip"]


def whole(service: Service, table: str, form: str) -> dict[str, bytes]:
    rows = [line.rsplit(",", 1)[0] for line in table.splitlines()[::CROPS_AN_IMAGE]]
    rows[0] = "ra,dec"
    return service.images(service.run(**fields("\n".join(rows) + "\n", form=form)))


@pytest.mark.parametrize("form", ["fits", "fits.gz"])
def test_whole_images_come_as_they_were(services: dict[str, Service], table: str, form: str) -> None:
    expected = whole(services["gzip"], table, form)
    assert expected
    assert whole(services["beside"], table, form) == expected
    again = whole(services["instead"], table, form)
    opened: Callable[[bytes], bytes] = bytes if form == "fits" else gzip.decompress
    assert {name: opened(body) for name, body in again.items()} == {
        name: opened(body) for name, body in expected.items()
    }


def test_form_fz_is_the_stored_file_and_without_tiles_what_is_stored(
    services: dict[str, Service], table: str, originals: Path
) -> None:
    plain = whole(services["gzip"], table, "fits")
    for name in ("beside", "instead"):
        tiled = whole(services[name], table, "fz")
        assert {file.removesuffix(".fz") for file in tiled} == set(plain)
        for file, body in tiled.items():
            with fits.open(io.BytesIO(body)) as hdus, fits.open(io.BytesIO(plain[file[:-3]])) as original:
                assert np.array_equal(hdus[1].data, original[0].data, equal_nan=True)
    assert set(whole(services["gzip"], table, "fz").values()) <= {
        path.read_bytes() for path in originals.rglob("*.fits.gz")
    }


def test_the_archives_own_addresses_answer_alike_whatever_it_holds(
    services: dict[str, Service], table: str, originals: Path
) -> None:
    """Cutouts and whole images by the image's address, whose name ends in .fits.gz, and by SODA."""
    first = sorted(originals.rglob("*.fits.gz"))[0].relative_to(originals).as_posix()
    ra, dec, _ = table.splitlines()[1].split(",")
    asked = {
        "cutout": f"/ibe/data/{first}?center={ra},{dec}&size=50arcsec&gzip=false",
        "soda": f"/soda/sync?ID={quote(IVOID + first, safe='')}&CIRCLE={ra}+{dec}+0.005",
        "plain": f"/ibe/data/{first}?gzip=false",
        "stored": f"/ibe/data/{first}",
    }
    answers = {
        name: {what: service.call(address) for what, address in asked.items()}
        for name, service in services.items()
    }
    for what, answer in answers["gzip"].items():
        assert answer.status == 200, what
        for name in ("beside", "instead"):
            other = answers[name][what]
            assert other.status == 200, (name, what)
            opened: Callable[[bytes], bytes] = gzip.decompress if what == "stored" else without_origin
            assert opened(other.body) == opened(answer.body), (name, what)
