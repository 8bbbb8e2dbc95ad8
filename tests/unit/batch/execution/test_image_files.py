"""The files of one stored image: one reading, everything wanted of it, every fault in its place."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from typing import Any

import obstore
import pytest
from astropy.io import fits
from obstore.exceptions import GenericError
from obstore.store import MemoryStore, S3Store

from skybatch.batch.execution.image_files import MadeFile, make_files
from skybatch.batch.plan import Task
from skybatch.bundles.bundle_format import FailedTask
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.stored_file import read_stored_header
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging import quicklook
from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles
from skybatch.imaging.stretch import NO_DATA
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.surveys.image_type import ImageType
from tests.support.batches.batch_fakes import task
from tests.support.images.fits_files import gzipped, make_image
from tests.support.images.png import read_png
from tests.support.survey.descriptions import known_survey, plain_survey

IMAGE = make_image(180.0, 20.0)
SOURCE = "twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz"
TILED = SOURCE.replace(".gz", ".fz")


class Bench:
    """An archive of one stored image, and what was made of it."""

    def __init__(self, stored: bytes | None, source: str = SOURCE) -> None:
        self.archive = MemoryStore()
        self.made: dict[int, MadeFile | FailedTask] = {}
        if stored is not None:
            obstore.put(self.archive, source, stored)

    def work(self, *tasks: Task) -> None:
        made = make_files(self.archive, tasks)
        assert [one.number if isinstance(one, FailedTask) else one.task.index for one in made] == [
            task.index for task in tasks
        ]
        self.made |= {task.index: one for task, one in zip(tasks, made, strict=True)}

    def file(self, wanted: Task) -> bytes | None:
        made = self.made[wanted.index]
        return made.body if isinstance(made, MadeFile) else None

    def image(self, wanted: Task) -> fits.PrimaryHDU:
        return fits.open(io.BytesIO(self.file(wanted) or b""))[0]

    def failure(self, wanted: Task) -> dict[str, Any]:
        made = self.made[wanted.index]
        return {"code": made.code, "reason": made.reason} if isinstance(made, FailedTask) else {}


def crop(n: int, x0: int, y0: int, nx: int, ny: int, **more: Any) -> Task:
    return task(n, source=more.pop("source", SOURCE), box=PixelBox(x0, y0, nx, ny), **more)


@pytest.mark.parametrize(
    ("stored", "source"),
    [
        (gzipped(IMAGE), SOURCE),
        (IMAGE, SOURCE.removesuffix(".gz")),
        (gzipped(IMAGE), SOURCE[:-3]),
        (IMAGE, SOURCE),
    ],
    ids=["gzip", "plain", "gzip called plain", "plain called gzip"],
)
def test_crops_come_from_any_stored_form(stored: bytes, source: str) -> None:
    bench = Bench(stored, source)
    wanted = [crop(n, 10 * n, 20 * n, 30, 40, source=source) for n in range(12)]
    bench.work(*wanted)
    parent = fits.open(io.BytesIO(IMAGE))[0].data
    for n, each in enumerate(wanted):
        found = bench.image(each).data
        assert (found == parent[20 * n : 20 * n + 40, 10 * n : 10 * n + 30])[found == found].all()
        assert found.shape == (40, 30)


def test_whole_images_are_delivered_as_stored_or_made_plain() -> None:
    stored = gzipped(IMAGE)
    bench = Bench(stored)
    as_stored = task(0, source=SOURCE, delivery_format="fits.gz", size=len(stored))
    plain = task(1, source=SOURCE, delivery_format="fits")
    bench.work(as_stored, plain)
    assert bench.file(as_stored) == stored
    assert bench.file(plain) == IMAGE


@pytest.mark.parametrize(
    ("stored", "source", "form"),
    [(IMAGE, SOURCE, "fits.gz"), (gzipped(IMAGE), SOURCE.removesuffix(".gz"), "fits")],
    ids=["plain called gzip", "gzip called plain"],
)
def test_a_whole_image_is_what_its_name_says(stored: bytes, source: str, form: str) -> None:
    bench = Bench(stored, source)
    wanted = task(0, source=source, delivery_format=form, size=len(stored))
    bench.work(wanted)
    delivered = bench.file(wanted) or b""
    assert (gzip.decompress(delivered) if form == "fits.gz" else delivered) == IMAGE


def test_a_changed_bit_of_an_image_delivered_as_stored_is_found() -> None:
    for stored, source in ((gzipped(IMAGE), SOURCE), (compress_tiled(IMAGE).content, TILED)):
        damaged = bytearray(stored)
        damaged[len(damaged) // 2] ^= 4
        bench = Bench(bytes(damaged), source)
        form = source.split(".", 1)[1]
        wanted = task(0, source=source, delivery_format=form, size=len(stored))
        bench.work(wanted)
        assert bench.failure(wanted)["code"] == "source_damaged"


QUICKLOOK = SOURCE.replace("/image/", "/quicklook/").replace(".fits.gz", ".fits.H")
FORMS: dict[str, Callable[[bytes], bytes]] = {
    SOURCE: gzipped,
    SOURCE.removesuffix(".gz"): bytes,
    TILED: lambda image: compress_tiled(image).content,
    QUICKLOOK: quicklook.compress_quicklook,
    QUICKLOOK.replace(".H", ".fz"): lambda image: compress_quicklook_tiles(image, 4).content,
}


@pytest.mark.parametrize("source", FORMS)
@pytest.mark.parametrize("way", ["crop", "plain", "as stored"])
def test_an_image_of_another_place_than_the_plans_is_not_delivered(source: str, way: str) -> None:
    """Whatever the form; the same one at the place planned comes."""
    planned = ImageGeometry.of_header(read_stored_header(IMAGE))
    image_type = ImageType.QUICKLOOK if "quicklook" in source else ImageType.ATLAS
    for dec, code in ((20.0, None), (20.0 + 0.4 / 3600, None), (20.0 + 0.6 / 3600, "source_differs")):
        stored = FORMS[source](make_image(180.0, dec))
        bench = Bench(stored, source)
        wanted = task(
            0,
            source=source,
            image_type=image_type,
            box=PixelBox(5, 6, 7, 8) if way == "crop" else None,
            delivery_format=source.split(".", 1)[1] if way == "as stored" else "fits",
            size=len(stored),
            geometry=planned,
        )
        bench.work(wanted)
        assert bench.failure(wanted).get("code") == code
        assert (bench.file(wanted) is not None) == (code is None)


def test_quicklooks_are_restored_cropped_or_left_as_they_are() -> None:
    source = SOURCE.replace("/image/", "/quicklook/").replace(".fits.gz", ".fits.H")
    stored = quicklook.compress_quicklook(IMAGE)
    bench = Bench(stored, source)
    as_stored = task(
        0, source=source, delivery_format="fits.H", image_type=ImageType.QUICKLOOK, size=len(stored)
    )
    restored = task(1, source=source, image_type=ImageType.QUICKLOOK)
    cut = crop(2, 100, 200, 50, 60, source=source, image_type=ImageType.QUICKLOOK)
    bench.work(as_stored, restored, cut)
    assert bench.file(as_stored) == stored
    whole = bench.image(restored)
    assert whole.header["BITPIX"] == 16
    assert "LOSSY" in whole.header
    assert (bench.image(cut).data == whole.data[200:260, 100:150]).all()


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (None, "source_missing"),
        (b"", "source_damaged"),
        (b"<html>not found</html>", "source_damaged"),
        (gzipped(IMAGE)[:200_000], "source_damaged"),
        (gzip.compress(b"hello"), "source_damaged"),
        (make_image(180.0, 20.0, cards={"NAXIS": 3, "NAXIS3": 2}), "source_unsupported"),
    ],
    ids=["missing", "empty", "a page", "truncated", "gzip of something", "a cube"],
)
def test_a_bad_source_fails_with_its_reason_and_raises_nothing(stored: bytes | None, code: str) -> None:
    bench = Bench(stored)
    wanted = [crop(0, 0, 900, 10, 10), task(1, source=SOURCE)]
    bench.work(*wanted)
    for each in wanted:
        assert bench.failure(each)["code"] == code
        assert bench.failure(each)["reason"]


def test_a_box_off_a_changed_image_fails_alone() -> None:
    bench = Bench(gzipped(make_image(180.0, 20.0, ny=800)))
    fine, off = crop(0, 0, 0, 10, 10), crop(1, 0, 900, 10, 10)
    bench.work(fine, off)
    assert bench.image(fine).data.shape == (10, 10)
    assert bench.failure(off)["code"] == "source_differs"
    assert not bench.failure(fine)


def test_small_crops_have_a_preview_and_others_none() -> None:
    bench = Bench(gzipped(IMAGE))
    small, large, whole = crop(0, 0, 0, 60, 50), crop(1, 0, 0, 500, 1000), task(2, source=SOURCE)
    bench.work(small, large, whole)
    pictures = [made.preview for made in bench.made.values() if isinstance(made, MadeFile)]
    assert [bool(picture) for picture in pictures] == [True, False, False]
    assert (pictures[0] or b"").startswith(b"\x89PNG")
    unseen = make_files(bench.archive, [small], previews=False)
    assert [made.preview for made in unseen if isinstance(made, MadeFile)] == [None]


def test_previews_show_what_a_survey_writes_for_no_data() -> None:
    with fits.open(io.BytesIO(IMAGE)) as hdus:
        hdus[0].data[100:110, 100:120] = -99
        changed = io.BytesIO()
        hdus.writeto(changed)
    bench, wanted = Bench(gzipped(changed.getvalue())), crop(0, 100, 100, 60, 50, dataset="radio")
    survey = plain_survey(('forms = ["fits"]', 'forms = ["fits"]\nno_data = [-99]'))
    with known_survey(survey):
        bench.work(wanted)
    made = bench.made[0]
    assert isinstance(made, MadeFile)
    missing = (read_png(made.preview or b"") == NO_DATA).all(axis=-1)
    assert missing.sum() == 200
    assert missing[-10:, :20].all()


def test_an_image_does_not_fail_for_its_preview(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: bytes, **__: Any) -> bytes:
        raise MemoryError("no room to draw in")

    monkeypatch.setattr("skybatch.imaging.preview.grey_preview", broken)
    bench = Bench(gzipped(IMAGE))
    wanted = crop(0, 0, 0, 60, 50)
    bench.work(wanted)
    assert bench.file(wanted)
    assert "was not made" in caplog.text


def test_a_store_that_does_not_answer_is_no_failure_of_the_image() -> None:
    away = S3Store(
        "nobody",
        endpoint="http://127.0.0.1:9",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
        skip_signature=True,
        region="us-east-1",
    )
    with pytest.raises(GenericError):
        make_files(away, [crop(0, 0, 0, 5, 5)])
