"""Planning: the same request and inventory give the same plan; sizes, names and outcomes are exact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skybatch.batch.absent import describe_absent
from skybatch.batch.codes import RowStatus
from skybatch.batch.planning.planner import BYTES_PER_SECOND, make_plan
from skybatch.errors import InventoryError, TooLarge
from skybatch.fits.provenance import Origin
from skybatch.imaging import cutout
from skybatch.requests.model import Mode, Region, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.status import AbsentImages
from skybatch.surveys.image_type import ImageType
from tests.support.survey.sample_archive import MadeArchive

LIMIT = 10**9


def request(mode: Mode, *rows: Row, **more: Any) -> Request:
    given: dict[str, Any] = {
        "bands": ("j", "h", "k"),
        "image_type": ImageType.ATLAS,
        "decompress": True,
        "delivery_format": "fits.gz",
        "dataset": "asky",
    }
    return Request(mode=mode, rows=rows, **{**given, **more})


def position(number: int, ra: float = 180.0, dec: float = 20.0, **more: Any) -> Row:
    return Row(number, ("j",), position=SkyPosition(ra, dec), **more)


def test_same_request_same_plan(archive: MadeArchive) -> None:
    asked = request(Mode.POSITIONS, position(1, size=50), position(2))
    assert make_plan(asked, archive.open, LIMIT, 100) == make_plan(asked, archive.open, LIMIT, 100)


def test_plan_runs_in_the_order_of_file_names(archive: MadeArchive) -> None:
    asked = request(Mode.POSITIONS, *(position(n) for n in range(1, 12)))
    tasks = make_plan(asked, archive.open, LIMIT, 100).tasks
    assert [t.file for t in tasks] == sorted(t.file for t in tasks)
    assert [t.index for t in tasks] == list(range(22))
    assert [t.row_number for t in tasks] == [n for n in range(1, 12) for _ in range(2)]


def test_each_position_has_its_own_copy_and_a_repeated_key_none(archive: MadeArchive) -> None:
    twice = request(Mode.POSITIONS, position(1, best_only=True), position(2, best_only=True))
    assert len(make_plan(twice, archive.open, LIMIT, 100).tasks) == 2
    keys = request(
        Mode.COADD_KEYS,
        Row(1, ("j",), coadd_key=1001),
        Row(2, ("j", "h"), coadd_key=1001),
        Row(3, ("h",), coadd_key=1001),
    )
    plan = make_plan(keys, archive.open, LIMIT, 100)
    assert [(t.row_number, t.band) for t in plan.tasks] == [(1, "j"), (2, "h")]
    assert plan.unplanned[2][0] == "duplicate"


def test_planned_size_of_a_crop_is_its_size(archive: MadeArchive) -> None:
    asked = request(Mode.POSITIONS, *(position(n, 180.0, 19.87 + n / 50, size=n * 37.3) for n in range(1, 9)))
    for task in make_plan(asked, archive.open, LIMIT, 100).tasks:
        assert task.box is not None
        stored = archive.plain[task.source]
        made = next(iter(cutout.cut(stored, [task.box], Origin("x.fits.gz"))))
        assert len(made) == task.bytes


def test_whole_image_is_as_stored_or_plain(archive: MadeArchive) -> None:
    key = Row(1, ("j",), coadd_key=1002)
    stored = make_plan(request(Mode.COADD_KEYS, key), archive.open, LIMIT, 100).tasks[0]
    plain = make_plan(request(Mode.COADD_KEYS, key, delivery_format="fits"), archive.open, LIMIT, 100).tasks[
        0
    ]
    assert stored.file.endswith(".fits.gz")
    assert (plain.delivery_format, plain.bytes) == ("fits", len(archive.plain[plain.source]))


def test_image_larger_than_the_limit_is_refused_by_itself(archive: MadeArchive) -> None:
    asked = request(Mode.POSITIONS, position(1, best_only=True), position(2, best_only=True, size=20))
    tasks = make_plan(asked, archive.open, 100_000, 100).tasks
    assert tasks[0].refusal is not None
    assert tasks[0].refusal.startswith("larger than the limit")
    assert tasks[1].refusal is None


def test_crop_point_off_the_image_is_refused(archive: MadeArchive) -> None:
    row = Row(1, ("j",), coadd_key=1001, position=SkyPosition(190.0, 0.0), size=50)
    task = make_plan(request(Mode.COADD_KEYS, row), archive.open, LIMIT, 100).tasks[0]
    assert task.refusal is not None
    assert "outside" in task.refusal


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (request(Mode.POSITIONS, position(1, 50.0, 50.0)), "not_covered"),
        (request(Mode.POSITIONS, Row(1, ("j",), name="m83")), "unresolved"),
        (request(Mode.COADD_KEYS, Row(1, ("j",), coadd_key=7)), "not_covered"),
        (request(Mode.SCAN, Row(1, ("j",), date="990102", hem="n", scan=1)), "not_covered"),
        (request(Mode.SCANS, Row(1, ("j",), date="990101", hem="n", scan=1, image=10)), "not_covered"),
    ],
    ids=lambda value: str(getattr(value, "mode", value)),
)
def test_row_without_images_has_its_outcome(archive: MadeArchive, asked: Request, outcome: str) -> None:
    plan = make_plan(asked, archive.open, LIMIT, 100)
    assert plan.tasks == ()
    assert plan.unplanned[0][0] == outcome


def test_region_is_one_row_and_its_images_have_no_number(archive: MadeArchive) -> None:
    region = Region(SkyPosition(180.0, 20.0), None, 0.5, "overlap")
    row = Row(1, ("j", "k"), position=region.center)
    tasks = make_plan(request(Mode.REGION, row, region=region), archive.open, LIMIT, 100).tasks
    assert len(tasks) == 6
    assert {t.row_number for t in tasks} == {None}
    assert tasks[0].file == "990101n_j0010009.fits.gz"
    empty = replace(region, center=SkyPosition(0.0, 0.0))
    nothing = make_plan(request(Mode.REGION, row, region=empty), archive.open, LIMIT, 100)
    assert nothing.unplanned[0][0] == "not_covered"


def test_scan_row_without_image_number_is_the_whole_scan(archive: MadeArchive) -> None:
    row = Row(1, ("j",), date="990101", hem="n", scan=2)
    assert len(make_plan(request(Mode.SCANS, row), archive.open, LIMIT, 100).tasks) == 1


def test_more_images_than_allowed_are_counted_not_listed(archive: MadeArchive) -> None:
    asked = request(Mode.COADD_KEYS, *(Row(n, ("j", "h", "k"), coadd_key=1000 + n) for n in range(1, 5)))
    assert len(make_plan(asked, archive.open, LIMIT, 12).tasks) == 12
    with pytest.raises(TooLarge, match="12 images"):
        make_plan(asked, archive.open, LIMIT, 11)


def test_band_that_is_not_stored_is_told_from_a_place_without_images() -> None:
    archive = MadeArchive(centres=[(180.0, 20.0)])
    archive.publish({"j": np.array([1]), "h": np.array([0]), "k": np.array([0])})
    asked = request(Mode.COADD_KEYS, Row(1, ("h",), coadd_key=1001), Row(2, ("j",), coadd_key=1001))
    plan = make_plan(asked, archive.open, LIMIT, 10)
    assert [t.band for t in plan.tasks] == ["j"]
    assert plan.absent == {0: AbsentImages(images=1, bands=("h",), held=("j",))}
    assert plan.unplanned == {0: (RowStatus.NOT_COVERED, describe_absent(plan.absent[0]))}


def test_data_set_without_inventory_is_an_error(archive: MadeArchive) -> None:
    with pytest.raises(InventoryError, match="sxw"):
        make_plan(request(Mode.COADD_KEYS, Row(1, ("j",), coadd_key=1), dataset="sxw"), archive.open, 1, 1)


def test_rows_of_our_own_tables_may_name_their_data_set(archive: MadeArchive) -> None:
    row = Row(3, ("j",), coadd_key=1001, dataset="asky", delivery_format="fits")
    task = make_plan(request(Mode.COADD_KEYS, row, dataset="sx"), archive.open, LIMIT, 9).tasks[0]
    assert (task.dataset, task.delivery_format, task.row_number) == ("asky", "fits", 3)


def test_whole_images_that_no_worker_could_bring_in_its_time_are_refused_by_name(
    archive: MadeArchive,
) -> None:
    """Crops of them are not."""
    asked = request(Mode.POSITIONS, position(1, best_only=True))
    crop = request(Mode.POSITIONS, position(1, best_only=True, size=30.0))
    (whole,) = make_plan(asked, archive.open, LIMIT, 100, worker_seconds=30).tasks
    assert whole.refusal is None
    seconds = whole.bytes / BYTES_PER_SECOND * 0.99
    (refused,) = make_plan(asked, archive.open, LIMIT, 100, worker_seconds=seconds).tasks
    assert refused.refusal_code == "over_worker_time"
    assert f"{max(whole.bytes, whole.stored_bytes or 0):,} bytes" in (refused.refusal or "")
    (cut,) = make_plan(crop, archive.open, LIMIT, 100, worker_seconds=seconds).tasks
    assert cut.refusal is None
