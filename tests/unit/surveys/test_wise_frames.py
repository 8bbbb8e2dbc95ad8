"""Frames whose bands have grids of their own: batches, searches and single cutouts, by astropy's measure."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from astropy.coordinates import FK5, SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from obstore.store import LocalStore

from skybatch.archive.described.index import index_described
from skybatch.batch.plan import load_plan
from skybatch.batch.record import load_request
from skybatch.batch.results.targets import load_targets
from skybatch.inventory.cache import open_inventories
from skybatch.presentation.sky_sketch.scene import MarkKind
from skybatch.presentation.sky_sketch.scene_of_plan import running_scene
from skybatch.standalone.bundle_worker import Places
from skybatch.standalone.run import LocalRun
from skybatch.status import AbsentImages
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.known import forget
from tests.e2e.crops import Judge
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service, images_of
from tests.support.servers.http import HttpClient, make_dependencies
from tests.support.survey.described.four_bands import DESCRIPTION as QUAD
from tests.support.survey.described.four_bands import known_survey as known_quad
from tests.support.survey.wise_frames import (
    BANDS,
    DESCRIPTION,
    GENUINE,
    SIDES,
    SURVEY,
    Frame,
    known_frames,
    write_frames,
    write_with_genuine,
)
from tests.unit.archive.described.test_geometry import image
from tests.unit.standalone.conftest import posted

SHRINK = 8
FIRST = Frame("01772a", 126, 228.3, -18.6, turn=-15.6)
SECOND = Frame("01772a", 127, 228.8, -18.6, turn=-15.5)
TWO_BANDS = Frame("01772a", 128, 40.0, 10.0, bands=("w1", "w2"))
FRAMES = (FIRST, SECOND, TWO_BANDS)
PIXEL = 2.757 * SHRINK  # arcsec, of W1


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    root = tmp_path_factory.mktemp("archive")
    tree = DirectoryTree(root)
    write_frames(tree, FRAMES, SHRINK)
    index_described(tree, DESCRIPTION, "frames.toml")
    objects = LocalStore(str(root))
    yield SimpleNamespace(objects=objects, open=open_inventories(objects), root=root)
    forget(SURVEY)


@pytest.fixture(scope="module")
def client(archive: Any) -> HttpClient:
    dependencies = make_dependencies(archive=archive.objects, open_inventory=archive.open)
    return HttpClient(dependencies, *load_function("search").ROUTES)


def position(frame: Frame, band: str, x: float, y: float) -> tuple[float, float]:
    """The ICRS position of a pixel, from 1."""
    side = SIDES[band] // SHRINK
    wcs = WCS({"NAXIS": 2, "NAXIS1": side, "NAXIS2": side, **frame.cards(band, SHRINK)})
    sky = SkyCoord(*wcs.all_pix2world(x, y, 1), unit="deg", frame=FK5(equinox="J2000")).icrs
    return float(sky.ra.deg), float(sky.dec.deg)


def depth(frame: Frame, band: str, ra: float, dec: float) -> float:
    """How far inside of an image a position lies, arcsec, by astropy."""
    side = SIDES[band] // SHRINK
    wcs = WCS({"NAXIS": 2, "NAXIS1": side, "NAXIS2": side, **frame.cards(band, SHRINK)})
    fk5 = SkyCoord(ra, dec, unit="deg").transform_to(FK5(equinox="J2000"))
    x, y = wcs.all_world2pix(fk5.ra.deg, fk5.dec.deg, 1, quiet=True)
    return float(min(x - 0.5, side + 0.5 - x, y - 0.5, side + 0.5 - y)) * PIXEL * SIDES["w1"] / SIDES[band]


def submitted(archive: Any, **fields: Any) -> tuple[Service, Any]:
    service = Service(archive)
    accepted = service.submit(survey="frames", **fields)
    service.run(accepted)
    return service, accepted


def rows_of(service: Service, accepted: Any, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(service.file(accepted, name).decode())))


def test_each_band_is_cut_from_its_best_frame_at_astropys_pixels(archive: Any) -> None:
    places = [position(FIRST, "w1", 40, 50), position(SECOND, "w1", 90, 77), position(FIRST, "w1", 12, 64)]
    table = "ra,dec,size\n" + "".join(f"{ra!r},{dec!r},150\n" for ra, dec in places)
    service, accepted = submitted(archive, mode="positions", table=table, bands="all", best="true")
    images = images_of(service.file(accepted, "images.tar"))
    assert len(images) == 12
    for number, (ra, dec) in enumerate(places, 1):
        for band in BANDS:
            best = max((FIRST, SECOND), key=lambda frame: depth(frame, band, ra, dec))
            judge = Judge(best.image(band, SHRINK))
            crop = images[f"{number:04d}_frames_{best.id}_{band}.fits"]
            assert judge.check(crop) == judge.expected_box(ra, dec, 150)


def test_a_position_that_some_bands_miss_is_told_of(archive: Any) -> None:
    ra, dec = position(FIRST, "w1", 30, 0.7)
    assert [band for band in BANDS if depth(FIRST, band, ra, dec) >= 0] == ["w1", "w3", "w4"]
    table = f"ra,dec\n{ra!r},{dec!r}\n10,10\n"
    service, accepted = submitted(archive, mode="positions", table=table, bands="w1,w2")
    plan = load_plan(service.store(accepted.record.batch_id))
    assert plan is not None
    assert [(task.row, task.band) for task in plan.tasks] == [(0, "w1")]
    assert plan.absent == {}
    reason = "no image in W2 holds the position, though images of other bands do"
    assert plan.beside == {0: reason}
    assert [notice.startswith(f"1 row: {reason}") for notice in plan.notices] == [True]
    rows = rows_of(service, accepted, "rows.csv")
    assert [row["outcome"] for row in rows] == ["retrieved", "not_covered"]
    assert rows[0]["reason"] == reason
    scene = running_scene(load_request(service.store(accepted.record.batch_id)), plan)
    assert [mark.kind for mark in scene.marks] == [MarkKind.PARTLY, MarkKind.NOT_COVERED]
    only = f"ra,dec\n{ra!r},{dec!r}\n"
    service, accepted = submitted(archive, mode="positions", table=only, bands="w2")
    (row,) = rows_of(service, accepted, "rows.csv")
    assert (row["outcome"], row["reason"]) == (
        "not_covered", "no image in the bands asked for contains this position",
    )  # fmt: skip


def test_bands_that_a_set_lacks_are_counted_once_each(archive: Any) -> None:
    ra, dec = position(TWO_BANDS, "w1", 60, 60)
    for best in ("true", "false"):
        table = f"ra,dec\n{ra!r},{dec!r}\n"
        service, accepted = submitted(archive, mode="positions", table=table, bands="all", best=best)
        plan = load_plan(service.store(accepted.record.batch_id))
        assert plan is not None
        assert plan.absent == {0: AbsentImages(2, ("w3", "w4"), ("w1", "w2"))}
        assert plan.notices == ()


def test_an_identifier_asks_for_all_bands_of_its_frame(archive: Any) -> None:
    table = f"image_id,band\n{FIRST.id},\n{TWO_BANDS.id},\n{SECOND.id},W4\n{TWO_BANDS.id},W3\n{FIRST.id},W2\n"
    service, accepted = submitted(archive, mode="image_ids", table=table, bands="all")
    images = rows_of(service, accepted, "images.csv")
    asked = [(FIRST.id, band) for band in BANDS] + [(TWO_BANDS.id, "w1"), (TWO_BANDS.id, "w2")]
    assert sorted((row["image_id"], row["band"].lower()) for row in images) == sorted(
        [*asked, (SECOND.id, "w4")]
    )
    for row in images:
        side = SIDES[row["band"].lower()] // SHRINK
        assert row["naxis"] == f"{side} {side}"
    rows = rows_of(service, accepted, "rows.csv")
    assert [row["outcome"] for row in rows] == ["retrieved"] * 3 + ["not_covered", "duplicate"]
    assert [row["absent"] for row in rows] == ["0", "2", "0", "0", "0"]
    posted_back = service.file(accepted, "images.csv").decode()
    again, copied = submitted(archive, mode="image_ids", table=posted_back, bands="all")
    assert [(row["image_id"], row["band"]) for row in rows_of(again, copied, "images.csv")] == [
        (row["image_id"], row["band"]) for row in images
    ]


def test_crops_beyond_the_limit_come_with_the_table_posted_back(archive: Any) -> None:
    places = [position(frame, "w1", 100, 60) for frame in (FIRST, TWO_BANDS)]
    table = "id,ra,dec,size\n" + "".join(f"t{n},{ra!r},{dec!r},200\n" for n, (ra, dec) in enumerate(places))
    service, accepted = submitted(archive, mode="positions", table=table, bands="all")
    every = images_of(service.file(accepted, "images.tar"))
    limited = Service(archive, max_batch_bytes=sum(map(len, every.values())) // 2)
    accepted = limited.submit(mode="positions", table=table, bands="all", survey="frames")
    limited.run(accepted)
    first = images_of(limited.file(accepted, "images.tar"))
    left = limited.file(accepted, "unretrieved.csv").decode()
    service, accepted = submitted(archive, mode="image_ids", table=left)
    rest = images_of(service.file(accepted, "images.tar"))
    assert 0 < len(first) < len(every)
    assert {**first, **rest} == every
    assert len(first) + len(rest) == len(every)


def test_a_region_relates_to_the_footprint_of_each_band(archive: Any) -> None:
    ra, dec = position(FIRST, "w1", 60, 8)
    region = {"center": f"{ra} {dec}", "diameter": 0.05}
    covering = {band for band in BANDS if depth(FIRST, band, ra, dec) > 90}
    assert ("w1" in covering, "w2" in covering) == (True, False)
    for relation, bands in (("cover", covering), ("overlap", set(BANDS))):
        service, accepted = submitted(archive, mode="region", **region, relation=relation, bands="all")
        images = rows_of(service, accepted, "images.csv")
        assert {row["band"].lower() for row in images if row["image_id"] == FIRST.id} == bands


def test_targets_have_the_bands_of_a_set_side_by_side_and_no_colour(archive: Any) -> None:
    ra, dec = position(FIRST, "w1", 20, 60)
    assert depth(SECOND, "w2", ra, dec) > 0
    table = f"ra,dec,size\n{ra!r},{dec!r},60\n"
    service, accepted = submitted(archive, mode="positions", table=table, bands="all")
    targets = load_targets(service.store(accepted.record.batch_id))
    assert [[picture.task.band for picture in each.pictures] for each in targets] == [list(BANDS)] * 2
    assert [target.colour for target in targets] == [None, None]


def test_searches_and_single_cutouts_have_each_bands_own_pixels(archive: Any, client: HttpClient) -> None:
    ra, dec = position(FIRST, "w1", 110, 60)
    found = client.get(f"/ibe/search/wise/allsky/4band_p1bm_frm?POS={ra},{dec}&SIZE=0&ct=csv").body.decode()
    rows = list(csv.DictReader(io.StringIO(found)))
    assert sorted(row["fname"] for row in rows) == [f"{FIRST.id}-{band}-int-1b.fits" for band in BANDS]
    assert {row["naxis1"] for row in rows} == {str(side // SHRINK) for side in SIDES.values()}
    for band in BANDS:
        address = f"/ibe/data/wise/allsky/4band_p1bm_frm/{FIRST.key(band).split('4band_p1bm_frm/')[1]}"
        judge = Judge(FIRST.image(band, SHRINK))
        cut = client.get(f"{address}?center={ra},{dec}&size=120arcsec&gzip=0").body
        assert judge.check(cut) == judge.expected_box(ra, dec, 120)
    sia2 = client.get(f"/sia2/query?POS=CIRCLE {ra} {dec} 0.001&RESPONSEFORMAT=csv".replace(" ", "%20"))
    images = list(csv.DictReader(io.StringIO(sia2.body.decode())))
    assert sorted(int(row["s_xel1"]) for row in images) == sorted(SIDES[band] // SHRINK for band in BANDS)
    assert len({row["obs_id"] for row in images}) == 1
    identifier = images[0]["obs_publisher_did"]
    one = client.get(f"/sia2/query?ID={identifier.replace('?', '%3F')}&RESPONSEFORMAT=csv")
    assert len(list(csv.DictReader(io.StringIO(one.body.decode())))) == 1
    mcen = client.get(f"/ibe/sia/wise/allsky/4band_p1bm_frm?POS={ra},{dec}&mcen&RESPONSEFORMAT=csv")
    assert len(list(csv.DictReader(io.StringIO(mcen.body.decode())))) == 4


def test_a_local_batch_cuts_the_genuine_frame_and_its_neighbours(tmp_path: Path) -> None:
    if not GENUINE.exists():
        pytest.skip(f"there is no {GENUINE}")
    frame = Frame("01772a", 127, 228.5, -18.613, turn=164.4)
    tree = DirectoryTree(tmp_path / "tree")
    write_with_genuine(tree, frame)
    report = index_described(tree, DESCRIPTION, "frames.toml")["frames"]
    try:
        assert (report.sets, report.images, report.problems) == (4, 4, ())
        parents = {band: frame.image(band) for band in BANDS if band != "w3"}
        parents["w3"] = gzip.decompress(GENUINE.read_bytes())
        wcs = WCS(fits.Header.fromstring(parents["w3"]))
        rng = np.random.default_rng(8)
        sky = SkyCoord(
            *wcs.all_pix2world(rng.uniform(60, 950, (8, 2)), 1).T, unit="deg", frame=FK5(equinox="J2000")
        ).icrs
        rows = [(float(each.ra.deg), float(each.dec.deg)) for each in sky]
        table = "ra,dec,size\n" + "".join(f"{ra!r},{dec!r},90\n" for ra, dec in rows)
        status = LocalRun(Places(tmp_path / "tree", tmp_path / "out"), processes=1).run(
            posted(mode="positions", survey="frames", bands="all", table=table)
        )
        assert status.images.retrieved == 32
        images = images_of((tmp_path / "out" / "images.tar").read_bytes())
        for number, (ra, dec) in enumerate(rows, 1):
            for band, parent in parents.items():
                judge = Judge(parent)
                crop = images[f"{number:04d}_frames_{frame.id}_{band}.fits"]
                assert judge.check(crop) == judge.expected_box(ra, dec, 90)
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
        assert len(manifest["images"]) == 32
    finally:
        forget(SURVEY)


def test_a_batch_of_several_surveys_says_whose_bands_miss_a_position(tmp_path: Path) -> None:
    ra, dec = position(FIRST, "w1", 30, 0.7)
    tree = DirectoryTree(tmp_path)
    write_frames(tree, (FIRST,), SHRINK)
    tree.write("quad/quad/coadds/0000p000/0/g-coadd.fits", image(ra, dec, 0.0, CRPIX1=32.5))
    with known_frames(), known_quad():
        index_described(tree, DESCRIPTION, "frames.toml")
        index_described(tree, QUAD, "quad.toml")
        objects = LocalStore(str(tmp_path))
        service = Service(SimpleNamespace(objects=objects, open=open_inventories(objects)))  # type: ignore[arg-type]
        table = f"ra,dec\n{ra!r},{dec!r}\n"
        accepted = service.submit(mode="positions", survey=["frames", "quad"], bands="all", table=table)
        service.run(accepted)
        rows = rows_of(service, accepted, "rows.csv")
    assert sorted(row["band"] for row in rows_of(service, accepted, "images.csv")) == ["W1", "W3", "W4", "g"]
    (row,) = rows
    assert (row["outcome"], row["in_frames"], row["in_quad"]) == ("retrieved",) * 3
    assert "no Frames Single Frames image in W2 holds the position" in row["reason"]
