"""A batch on directories: the service's own images, tables and checksums; stopped, it goes on."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from local.fake_resolvers import FakeResolvers
from skybatch.batch import keys
from skybatch.batch.execution.stretches import read_tasks
from skybatch.errors import Conflict, DatasetAbsent
from skybatch.settings import Settings
from skybatch.standalone.batch_directory import WORK, BatchDirectory, locked
from skybatch.standalone.bundle_worker import BundleDone, BundleJob, Places, work_on
from skybatch.standalone.run import LocalRun
from skybatch.surveys.known import forget
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.archive_on_disk import write_tree
from tests.support.survey.sample_archive import POSITIONS, MadeArchive
from tests.support.survey.two_surveys import BOTH, SURVEY, two_surveys
from tests.support.survey.two_surveys import ROWS as SURVEY_ROWS
from tests.unit.standalone.conftest import posted

ADDRESSES = {"download", "url", "preview"}
"""Columns that say where an image is."""


def run(tree: Path, out: Path, **fields: object) -> Any:
    return LocalRun(Places(tree, out), processes=2).run(posted(**fields))


def rows_of(table: bytes) -> list[dict[str, str]]:
    return [
        {name: value for name, value in row.items() if name not in ADDRESSES}
        for row in csv.DictReader(io.StringIO(table.decode()))
    ]


def test_images_tables_and_checksums_are_those_of_the_service(
    made_archive: MadeArchive, tree: Path, tmp_path: Path
) -> None:
    status = run(tree, tmp_path / "out")
    service = Service(made_archive)
    accepted = service.submit(mode="positions", table=POSITIONS)
    theirs = service.run(accepted)
    assert (status.state, status.images, status.rows) == (theirs.state, theirs.images, theirs.rows)
    ours = images_of((tmp_path / "out" / "images.tar").read_bytes())
    assert list(ours.items()) == list(images_of(service.file(accepted, "images.tar")).items())
    for name in ("images.csv", "rows.csv"):
        assert rows_of((tmp_path / "out" / name).read_bytes()) == rows_of(service.file(accepted, name))
    manifest, their_manifest = (
        json.loads(each)
        for each in (
            (tmp_path / "out" / "manifest.json").read_bytes(),
            service.file(accepted, "manifest.json"),
        )
    )
    for image, their_image in zip(manifest["images"], their_manifest["images"], strict=True):
        assert {**image, "url": ""} == {**their_image, "url": ""}
        assert hashlib.md5(ours[image["file"].split("/")[1]]).hexdigest() == image["md5"]


def test_every_file_of_the_archive_is_beside_it_with_its_checksum(tree: Path, tmp_path: Path) -> None:
    run(tree, tmp_path / "out")
    with tarfile.open(tmp_path / "out" / "images.tar") as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.glob("skybatch-*")
    sums = (folder / "md5sums.txt").read_text().splitlines()
    assert len(sums) > 4
    for line in sums:
        md5, name = line.split("  ")
        assert hashlib.md5((folder / name).read_bytes()).hexdigest() == md5
        assert name.startswith("images/") or (tmp_path / "out" / name).exists()


def test_no_address_leads_to_a_server_that_is_not_there(tree: Path, tmp_path: Path) -> None:
    run(tree, tmp_path / "out")
    (row, *_) = csv.DictReader(io.StringIO((tmp_path / "out" / "images.csv").read_text()))
    assert row["download"] == row["file"]
    assert not (tmp_path / "out" / "download.sh").exists()
    for path in (tmp_path / "out").iterdir():
        if path.is_file() and path.suffix not in (".tar", ".json"):
            assert "batches/" not in path.read_text(), path.name


def test_bad_images_fail_alone_with_their_reason(
    tree: Path, tmp_path: Path, made_archive: MadeArchive
) -> None:
    (tree / made_archive.key(0, "j")).write_bytes(b"damaged")
    (tree / made_archive.key(0, "h")).unlink()
    status = run(tree, tmp_path / "out")
    assert status.images.failed > 0
    failed = rows_of((tmp_path / "out" / "failed.csv").read_bytes())
    assert len(failed) == status.images.failed
    assert {row["status"] for row in failed} == {"failed"}


def test_an_archive_without_an_inventory_is_told(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with pytest.raises(DatasetAbsent):
        run(tmp_path / "archive", tmp_path / "out")


def test_a_finished_batch_is_not_done_again(tree: Path, tmp_path: Path) -> None:
    first = run(tree, tmp_path / "out")
    before = (tmp_path / "out" / "images.tar").stat().st_mtime_ns
    assert run(tree, tmp_path / "out") == first
    assert (tmp_path / "out" / "images.tar").stat().st_mtime_ns == before


def test_two_runs_do_not_share_a_directory(tree: Path, tmp_path: Path) -> None:
    with locked(tmp_path / "out"), pytest.raises(Conflict):
        run(tree, tmp_path / "out")


def bundles_of(out: Path) -> list[Path]:
    return sorted((out / WORK / keys.BUNDLES).iterdir())


def again_from_bundles(out: Path) -> None:
    """Take back what was decided and written after the bundles."""
    for path in (out / WORK / keys.OUTCOMES, out / WORK / keys.STATUS, out / "images.tar"):
        path.unlink()
    for path in (out / WORK / keys.JOURNAL).iterdir():
        path.unlink()


def test_a_bundle_that_is_not_sound_is_made_again(tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(tree, out)
    whole = (out / "images.tar").read_bytes()
    again_from_bundles(out)
    for path in bundles_of(out):
        path.write_bytes(path.read_bytes()[:-10])
    run(tree, out)
    assert (out / "images.tar").read_bytes() == whole


def test_sound_bundles_are_kept(tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(tree, out)
    whole = (out / "images.tar").read_bytes()
    again_from_bundles(out)
    before = [path.stat().st_mtime_ns for path in bundles_of(out)]
    run(tree, out)
    assert [path.stat().st_mtime_ns for path in bundles_of(out)] == before
    assert (out / "images.tar").read_bytes() == whole


def die_of_one_image(job: BundleJob) -> BundleDone:
    """Work, but die of a stored image whose scan is 1, whoever reads it with others or alone."""
    store = BatchDirectory(job.places.out, job.message.batch_id)
    bundle = read_tasks(store, job.message.stretch, job.message.at, job.message.length)
    sources = bundle.sources if job.message.source is None else [bundle.sources[job.message.source]]
    if any("s001" in tasks[0].source for tasks in sources):
        os.kill(os.getpid(), signal.SIGKILL)
    return work_on(job)


def test_an_image_that_kills_its_process_takes_no_neighbour_along(tree: Path, tmp_path: Path) -> None:
    peace = run(tree, tmp_path / "peace")
    out = tmp_path / "out"
    status = LocalRun(Places(tree, out), processes=2, work=die_of_one_image).run(posted())
    failed = rows_of((out / "failed.csv").read_bytes())
    assert {row["scan"] for row in failed} == {"1"}
    assert status.images.failed == len(failed) > 0
    assert status.images.retrieved == peace.images.retrieved - len(failed) > 0


def fail_in_bundles(job: BundleJob) -> BundleDone:
    """Raise what may pass wherever there are several images."""
    if job.message.source is None:
        raise OSError("the disk did not answer")
    return work_on(job)


def test_what_fails_in_company_is_tried_alone(tree: Path, tmp_path: Path) -> None:
    peace = run(tree, tmp_path / "peace")
    status = LocalRun(Places(tree, tmp_path / "out"), processes=2, work=fail_in_bundles).run(posted())
    assert status.images == peace.images
    whole = images_of((tmp_path / "peace" / "images.tar").read_bytes())
    assert images_of((tmp_path / "out" / "images.tar").read_bytes()) == whole


def test_a_run_that_is_killed_goes_on(tree: Path, tmp_path: Path) -> None:
    """Killed with its processes, each time a little later; the result is that of a run left in peace."""
    table, peace, out = tmp_path / "targets.csv", tmp_path / "peace", tmp_path / "out"
    table.write_text("ra,dec,size\n" + "".join(f"180.0,{19.9 + n / 2000:.5f},40\n" for n in range(400)))
    command = [sys.executable, "-m", "skybatch.cli", "local", str(table), "--archive", str(tree), "-q"]
    subprocess.run([*command, "--out", str(peace)], check=True, capture_output=True)
    killed = 0
    for step in range(60):
        with subprocess.Popen([*command, "--out", str(out)], start_new_session=True) as each:
            try:
                each.wait(0.3 * 1.15**step)
            except subprocess.TimeoutExpired:
                os.killpg(each.pid, signal.SIGKILL)
                killed += 1
            else:
                break
    assert each.returncode == 0
    assert killed > 0
    whole = images_of((peace / "images.tar").read_bytes())
    assert images_of((out / "images.tar").read_bytes()) == whole
    assert (out / "rows.csv").read_bytes() == (peace / "rows.csv").read_bytes()


def test_names_of_objects_are_looked_up(tmp_path: Path) -> None:
    tree = write_tree(MadeArchive([(204.2538, -29.8654)]), tmp_path / "archive")  # M83
    table = "object,size\nm83,50\nno such thing,50\n"
    with FakeResolvers() as fakes:
        addresses = Settings(irsa_resolver=fakes.url, ned_resolver=fakes.url, simbad_resolver=fakes.url)
        run = LocalRun(Places(tree, tmp_path / "out"), processes=1, settings=addresses)
        status = run.run(posted(table=table, bands="J"))
    assert (status.images.retrieved, status.rows.unresolved) == (1, 1)


def test_a_tree_tells_of_its_surveys_and_one_batch_may_be_of_several(tmp_path: Path) -> None:
    with two_surveys() as archive:
        write_tree(archive, tmp_path / "tree")
    try:
        status = run(tmp_path / "tree", tmp_path / "out", table=SURVEY_ROWS, survey=BOTH)
    finally:
        forget(SURVEY)
    assert (status.state, status.rows.retrieved, status.rows.not_covered) == ("complete", 4, 1)
    assert {name: counts.rows.retrieved for name, counts in status.surveys.items()} == dict.fromkeys(BOTH, 3)
    assert (tmp_path / "out" / "images_wide.tbl").is_file()
