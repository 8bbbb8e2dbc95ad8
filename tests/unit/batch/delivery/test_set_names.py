"""The image set of a task, by its number or by its identifier."""

from __future__ import annotations

from skybatch.batch.delivery.set_names import image_set_name, set_of
from tests.support.batches.batch_fakes import task
from tests.support.survey.wise_frames import Frame, known_frames


def test_an_image_set_is_named_as_its_survey_does() -> None:
    source = "twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz"
    assert image_set_name(task(0, source=source)) == "990101n0010009"
    assert image_set_name(task(0, source="elsewhere/x.fits")) == "x.fits"


def test_bands_with_numbers_of_their_own_are_one_set() -> None:
    frame = Frame("01772a", 127, 10.0, 5.0)
    with known_frames():
        bands = [task(n, source=frame.key(band), dataset="frames") for n, band in enumerate(("w1", "w4"))]
        assert [set_of(each) for each in bands] == ["01772a127"] * 2
    assert [set_of(task(n)) for n in (4, 5)] == [4, 5]
