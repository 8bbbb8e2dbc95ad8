"""Genuine survey images through the whole stack: exact crops, exact limits, chains that end."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS

from local.stack import Plan, Stack, running_stack
from tests.e2e.crops import Judge
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e

POSITIONS = 200
OFF_EVERY_IMAGE = 10


@pytest.fixture(scope="module")
def archive(survey_data: Path) -> Path:
    return survey_data / "archive"


@pytest.fixture(scope="module")
def stack(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(Plan(tmp_path_factory.mktemp("survey_data"), archive=archive)) as running:
        yield running


@pytest.fixture(scope="module")
def service(stack: Stack) -> Service:
    return Service(stack.url)


@pytest.fixture(scope="module")
def judges(archive: Path) -> dict[str, Judge]:
    """By stem of the file name, as in ``ji1010266``, of the images of data set askyw."""
    files = sorted((archive / "twomass/full/full").rglob("*.fits.gz"))
    return {
        path.name.split(".")[0] + path.parts[-4]: Judge(gzip.decompress(path.read_bytes())) for path in files
    }


@pytest.fixture(scope="module")
def positions(judges: dict[str, Judge]) -> list[dict[str, Any]]:
    """Rows all over the images, over their edges, and on no image at all."""
    random = np.random.default_rng(20)
    rows = []
    for number in range(POSITIONS - OFF_EVERY_IMAGE):
        wcs = list(judges.values())[number % len(judges)].wcs
        edge = 3.0 if number % 4 == 0 else 60.0
        x = random.choice([random.uniform(edge, 512 - edge), edge, 513 - edge])
        ra, dec = wcs.all_pix2world(x, random.uniform(edge, 820.0), 1)
        rows.append({"ra": float(ra), "dec": float(dec), "size": round(random.uniform(20, 300), 2)})
    rows += [{"ra": 10.0 + n, "dec": 80.0, "size": 50.0} for n in range(OFF_EVERY_IMAGE)]
    return rows


def as_table(rows: list[dict[str, Any]]) -> str:
    names = list(rows[0])
    return "\n".join([",".join(names), *(",".join(repr(row[n]) for n in names) for row in rows)]) + "\n"


@pytest.fixture(scope="module")
def first(service: Service, positions: list[dict[str, Any]]) -> dict[str, Any]:
    """The batch of 200 positions, run once."""
    return service.run(mode="positions", dataset="askyw", bands="J", table=as_table(positions))


def judge_of(name: str, judges: dict[str, Judge]) -> Judge:
    """The parent of ``0007_001126n_j1010266.fits``."""
    date, image = name.removesuffix(".fits").split("_")[-2:]
    return judges[f"{image[0]}i{image[1:]}{date}"]


def test_batch_of_200_positions_is_complete_and_adds_up(first: dict[str, Any]) -> None:
    assert first["state"] == "complete"
    assert first["rows"]["total"] == POSITIONS
    assert first["rows"]["not_covered"] == OFF_EVERY_IMAGE
    assert first["rows"]["retrieved"] == POSITIONS - OFF_EVERY_IMAGE


def test_every_crop_is_its_parents_pixels_where_they_were_asked(
    service: Service, first: dict[str, Any], positions: list[dict[str, Any]], judges: dict[str, Judge]
) -> None:
    images = service.images(first)
    assert len(images) == first["images"]["retrieved"] >= POSITIONS - OFF_EVERY_IMAGE
    for name, crop in images.items():
        judge = judge_of(name, judges)
        asked = positions[int(name[:4]) - 1]
        assert judge.check(crop) == judge.expected_box(asked["ra"], asked["dec"], asked["size"])


def test_tables_of_the_batch_agree_with_its_files(service: Service, first: dict[str, Any]) -> None:
    table = Table.read(service.file(first, "images.tbl").decode(), format="ascii.ipac")
    images = service.images(first)
    assert {str(file) for file in table["file"]} == {f"images/{name}" for name in images}
    assert sum(table["bytes"]) == sum(map(len, images.values())) == first["bytes"]
    rows = Table.read(service.file(first, "rows.csv").decode(), format="ascii.csv")
    assert len(rows) == POSITIONS
    assert list(rows["row"]) == list(range(1, POSITIONS + 1))


def chain(service: Service, status: dict[str, Any], post_back: bool) -> list[dict[str, bytes]]:
    """The images of every part, from the first batch's final status on."""
    parts = [service.images(status)]
    while status["unretrieved"]:
        assert status["bytes"] <= status["limit_bytes"]
        assert len(parts) < 100, "the chain does not end"
        if post_back:
            table = service.file(status, "unretrieved.tbl").decode()
            status = service.run(mode="coadd_keys", table=table)
        else:
            answer = service.post(f"/batches/{status['batch_id']}/resubmit")
            assert answer.status == 202
            status = service.wait(answer.json()["batch_id"])
        parts.append(service.images(status))
    return parts


@pytest.fixture(scope="module", params=[1_000_000], ids=["limit of 1 MB"])
def small(
    request: pytest.FixtureRequest, archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The same archive behind a small limit."""
    plan = Plan(
        tmp_path_factory.mktemp("small"), archive=archive, parameters={"MaxBatchBytes": str(request.param)}
    )
    with running_stack(plan) as running:
        yield Service(running.url)


@pytest.mark.parametrize("post_back", [True, False], ids=["posted back", "resubmitted"])
def test_parts_of_1_mb_are_together_exactly_the_whole(
    service: Service,
    first: dict[str, Any],
    small: Service,
    positions: list[dict[str, Any]],
    post_back: bool,
) -> None:
    status = small.run(mode="positions", dataset="askyw", bands="J", table=as_table(positions))
    parts = chain(small, status, post_back)
    assert len(parts) > 10
    whole = service.images(first)
    assert sum(map(len, parts)) == len(whole)
    assert {name: body for part in parts for name, body in part.items()} == whole


def test_images_larger_than_the_limit_fail_and_the_chain_ends(small: Service) -> None:
    status = small.run(mode="region", dataset="askyw", center="0 0", diameter=7, relation="overlap")
    assert status["state"] == "complete"
    key = small.run(mode="coadd_keys", dataset="askyw", bands="J", table="coadd_key\n1\n2\n3\n")
    assert key["unretrieved"] is None
    assert key["images"].items() >= {"retrieved": 0, "over_limit": 0, "failed": 3}.items()
    assert key["reasons"][0]["code"] == "over_batch_limit"


@pytest.fixture(scope="module")
def five_megabytes(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    plan = Plan(tmp_path_factory.mktemp("five"), archive=archive, parameters={"MaxBatchBytes": "5000000"})
    with running_stack(plan) as running:
        yield Service(running.url)


@pytest.mark.parametrize("post_back", [True, False], ids=["posted back", "resubmitted"])
def test_whole_images_in_parts_of_5_mb_several_positions_on_one(
    service: Service, five_megabytes: Service, positions: list[dict[str, Any]], archive: Path, post_back: bool
) -> None:
    rows = [{"ra": row["ra"], "dec": row["dec"]} for row in (positions[:5] + positions[:5])]
    fields = {"mode": "positions", "dataset": "askyw", "bands": "J", "table": as_table(rows)}
    whole = service.images(service.run(**fields))
    parts = chain(five_megabytes, five_megabytes.run(**fields), post_back)
    assert len(parts) >= 3
    assert sum(map(len, parts)) == len(whole)
    assert {name: body for part in parts for name, body in part.items()} == whole
    stored = {path.read_bytes() for path in archive.rglob("*.fits.gz")}
    assert set(whole.values()) <= stored


def test_region_on_the_other_data_set_finds_its_image(service: Service, archive: Path) -> None:
    path = next((archive / "twomass/allsky").rglob("*.fits.gz"))
    with fits.open(path) as hdus:
        ra, dec = WCS(hdus[0].header).wcs.crval
    status = service.run(mode="region", center=f"{ra:.10f} {dec:.10f}", diameter=0.1, bands="J")
    assert list(service.images(status).values()) == [path.read_bytes()]
