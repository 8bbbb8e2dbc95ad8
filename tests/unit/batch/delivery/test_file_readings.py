"""How files are read for pictures, as their surveys' descriptions and the plan say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from obstore.store import MemoryStore

from skybatch.batch.delivery.file_readings import BATCHES_REMEMBERED, FileReadings
from skybatch.batch.plan import Plan, save_plan
from skybatch.batch.store import BatchStore
from skybatch.fits.pixel_box import PixelBox
from skybatch.imaging.preview import DEFAULT_READING, PixelReading
from tests.support.batches.batch_fakes import BATCH_ID, task
from tests.support.survey.descriptions import known_survey, plain_survey

PIXELS = 'forms = ["fits"]\nhdu = "SCI"\nno_data = [0, -9999.5]'


@pytest.fixture
def survey() -> Iterator[None]:
    with known_survey(plain_survey(('forms = ["fits"]', PIXELS))):
        yield


def planned(batch_id: str = BATCH_ID) -> BatchStore:
    store = BatchStore(MemoryStore(), batch_id)
    tasks = (
        task(0, file="whole.fits", dataset="radio", hdu="SCI"),
        task(1, file="crop.fits", dataset="radio", hdu="SCI", box=PixelBox(0, 0, 5, 5)),
        task(2, file="other.fits"),
    )
    save_plan(store, Plan(tasks, {}, {}, limit=10**9))
    return store


@pytest.mark.usefixtures("survey")
def test_each_file_is_read_as_its_survey_says() -> None:
    store, readings = planned(), FileReadings()
    assert readings.of(store, "whole.fits") == PixelReading("SCI", (0.0, -9999.5))
    assert readings.of(store, "crop.fits") == PixelReading(no_data=(0.0, -9999.5)), "a file of one image"
    assert readings.of(store, "other.fits") == DEFAULT_READING
    assert readings.of(store, "unknown.fits") == DEFAULT_READING


@pytest.mark.usefixtures("survey")
def test_a_plan_is_read_once_and_only_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = FileReadings()
    read: list[Any] = []
    store = BatchStore(MemoryStore(), BATCH_ID)
    assert readings.of(store, "whole.fits") == DEFAULT_READING
    lines = BatchStore.read_lines

    def counted(*given: Any) -> Any:
        read.append(given)
        return lines(*given)

    monkeypatch.setattr(BatchStore, "read_lines", counted)
    store = planned()
    for _ in range(3):
        readings.of(store, "crop.fits")
    assert len(read) == 1
    for n in range(BATCHES_REMEMBERED):
        readings.of(planned(f"{n:032x}"), "crop.fits")
    assert len(read) == 1 + BATCHES_REMEMBERED
    readings.of(store, "crop.fits")
    assert len(read) == 2 + BATCHES_REMEMBERED


def test_no_plan_is_read_where_headers_say_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BatchStore, "read_lines", None)
    assert FileReadings().of(planned(), "other.fits") == DEFAULT_READING
