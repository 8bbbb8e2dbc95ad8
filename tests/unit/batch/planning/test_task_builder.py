"""Tasks from matches: pixel boxes and sizes as astropy gives them, refusals with their reason."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.batch.plan import Task
from skybatch.batch.planning import task_builder
from skybatch.batch.planning.matching import match
from skybatch.batch.planning.task_builder import TaskBuilder
from skybatch.fits.stored_file import read_stored_header
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_type import ImageType
from tests.support.survey.sample_archive import MadeArchive


def tasks(archive: MadeArchive, *rows: Row, limit: int = 10**9, **more: Any) -> list[Task]:
    given: dict[str, Any] = {"delivery_format": "fits.gz", **more}
    request = Request(
        Mode.POSITIONS, ("j",), ImageType.ATLAS, decompress=True, dataset="asky", rows=rows, **given
    )
    inventory = archive.open("asky", None)
    matches = match(request, range(len(rows)), inventory, 100)
    return list(TaskBuilder(request, inventory, matches, limit).tasks())


def best(ra: float, dec: float, size: float | None = None, **more: Any) -> Row:
    return Row(1, ("j",), position=SkyPosition(ra, dec), size=size, best_only=True, **more)


def test_a_box_is_centred_on_the_pixel_that_astropy_gives(archive: MadeArchive) -> None:
    (crop,) = tasks(archive, best(180.01, 19.99, size=50))
    header = fits.getheader(io.BytesIO(archive.plain[crop.source]))
    x, y = WCS(header).world_to_pixel(SkyCoord(180.01, 19.99, unit="deg"))
    assert crop.box is not None
    centre = [crop.box.x0 + (crop.box.nx - 1) / 2, crop.box.y0 + (crop.box.ny - 1) / 2]  # from 0
    assert np.abs(np.array(centre) - [x, y]).max() <= 0.5
    assert crop.box.nx * abs(header["CDELT1"]) * 3600 == pytest.approx(50, abs=1.1)


@pytest.mark.parametrize("x", [200.0, 200.5, 200.25])
def test_a_whole_size_is_that_many_pixels_wherever_the_centre_falls(archive: MadeArchive, x: float) -> None:
    header = fits.getheader(io.BytesIO(archive.plain[archive.key(0, "j")]))
    place = WCS(header).pixel_to_world(x, 300.0).icrs
    (crop,) = tasks(archive, best(float(place.ra.deg), float(place.dec.deg), size=90))
    assert crop.box is not None
    assert (crop.box.nx, crop.box.ny) == (90, 90)


def test_a_whole_image_has_its_stored_or_its_plain_size(archive: MadeArchive) -> None:
    (stored,) = tasks(archive, best(180.0, 20.2))
    (plain,) = tasks(archive, best(180.0, 20.2), delivery_format="fits")
    assert (stored.delivery_format, plain.delivery_format) == ("fits.gz", "fits")
    assert plain.bytes == len(archive.plain[archive.key(2, "j")])
    assert stored.bytes == archive.objects.head(archive.key(2, "j"))["size"]
    assert stored.source == plain.source == archive.key(2, "j")


def test_of_an_image_larger_than_a_worker_holds_only_crops_are_planned(
    archive: MadeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_builder, "MAX_IMAGE_BYTES", 100_000)
    (small,) = tasks(archive, best(180.0, 20.0, size=20))
    (large,) = tasks(archive, best(180.0, 20.0))
    assert small.refusal is None
    assert large.refusal_code == "source_unsupported"
    assert "100,000 bytes" in str(large.refusal)


def test_an_image_larger_than_the_limit_is_refused(archive: MadeArchive) -> None:
    (small,) = tasks(archive, best(180.0, 20.0, size=20), limit=100_000)
    (large,) = tasks(archive, best(180.0, 20.0), limit=100_000)
    assert small.refusal is None
    assert large.refusal is not None
    assert large.planned_bytes == 0


def test_the_edge_distance_is_that_of_the_nearest_edge_by_astropy(archive: MadeArchive) -> None:
    (task,) = tasks(archive, best(180.03, 20.0))
    header = fits.getheader(io.BytesIO(archive.plain[task.source]))
    x, y = WCS(header).world_to_pixel(SkyCoord(180.03, 20.0, unit="deg"))
    inside = min(x + 0.5, header["NAXIS1"] - 0.5 - x, y + 0.5, header["NAXIS2"] - 0.5 - y)
    assert task.edge_dist == pytest.approx(inside * abs(header["CDELT1"]) * 3600, abs=0.002)


def test_an_image_that_the_archive_does_not_hold_makes_no_task(archive: MadeArchive) -> None:
    assert tasks(archive, best(180.0, 20.0, image_type=ImageType.QUICKLOOK)) == []


def test_a_task_has_the_place_of_its_image(archive: MadeArchive) -> None:
    for task in tasks(archive, best(180.03, 20.0, size=30), best(10.0, -89.9)):
        assert task.geometry is not None
        task.geometry.check(read_stored_header(archive.plain[task.source]))
