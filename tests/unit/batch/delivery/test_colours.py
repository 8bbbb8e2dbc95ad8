"""Which images are one colour picture, and by what name, as the description of their survey says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from skybatch.batch.delivery.colours import colour_files, colour_rule
from skybatch.batch.delivery.image_places import ImagePlaces
from skybatch.batch.delivery.previews import colour_names, read_or_draw
from skybatch.batch.plan import load_plan
from skybatch.fits.pixel_box import PixelBox
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.reader import read_survey
from tests.support.batches.batch_fakes import task
from tests.support.batches.in_process_service import Service
from tests.support.survey.two_surveys import BOTH, DESCRIPTION, SURVEY, TwoSurveys, two_surveys
from tests.support.survey.wise_frames import Frame, known_frames

image_module = pytest.importorskip("PIL.Image", reason="no Pillow to read the pictures with")


@pytest.fixture(scope="module")
def archive() -> Iterator[TwoSurveys]:
    with two_surveys() as made:
        yield made


def test_rules_are_those_of_descriptions() -> None:
    twomass, wide = packaged_survey(), SURVEY
    rule = colour_rule(twomass)
    assert rule is not None
    assert (rule.word, rule.tokens, rule.reference, rule.zero_point) == ("jhk", ("k", "h", "j"), 1, "MAGZP")
    other = colour_rule(wide)
    assert other is not None
    assert (other.word, other.tokens, other.reference) == ("rgb", ("w3", "w2", "w1"), 2)


def test_a_survey_without_colours_has_none() -> None:
    without = DESCRIPTION.partition("colour =")[0]
    assert colour_rule(read_survey(without, "wide.toml")) is None


def test_images_of_another_row_crop_or_form_are_of_another_picture() -> None:
    files = {band: f"0001_990101n_{band}0010009.fits" for band in "jhk"}
    tasks = [task(0, band=band, file=files[band]) for band in "jhk"]
    assert set(colour_files(tasks)) == set(files.values())
    for change in ({"row": 1}, {"box": PixelBox(0, 0, 9, 9)}, {"delivery_format": "fz"}, {"set_index": 3}):
        changed = [*tasks[:2], replace(tasks[2], **change)]
        assert colour_files(changed) == {}


def test_bands_with_grids_of_their_own_make_a_picture_where_these_are_the_same() -> None:
    frame, place = Frame("01772a", 127, 10.0, 5.0), (127, 127, 64.0, 64.0, -0.006, 0.006, 10.0, 5.0, 3.0)
    grid, other = ImageGeometry(*place), ImageGeometry(*place)._replace(crpix1=64.25)

    def pictures(*grids: ImageGeometry, number: int = 127) -> dict[str, str]:
        frames = [frame, frame, replace(frame, number=number)]
        tasks = [
            task(
                n, row=0, band=band, dataset="frames", source=of.key(band), geometry=placed,
                file=f"0001_frames_{of.id}_{band}.fits",
            )
            for n, (band, of, placed) in enumerate(zip(("w4", "w2", "w1"), frames, grids, strict=True))
        ]  # fmt: skip
        return colour_files(tasks)

    with known_frames():
        assert len(set(pictures(grid, grid, grid).values())) == 1
        assert pictures(grid, grid, other) == {}
        assert pictures(grid, grid, grid, number=128) == {}


def test_names_that_were_made_unique_are_of_no_picture() -> None:
    tasks = [task(0, band=band, file=f"990101n_{band}0010009.fits") for band in "jh"]
    assert colour_files([*tasks, task(0, band="k", file="990101n_k0010009-2.fits")]) == {}


def test_each_survey_of_a_batch_has_its_colours(archive: TwoSurveys) -> None:
    service = Service(archive)
    table = "id,ra,dec,size\nrgb_jhk,180.0,20.0,60\n"
    accepted = service.submit(mode="positions", table=table, survey=BOTH, best="true")
    service.run(accepted)
    store = service.store(accepted.record.batch_id)
    plan = load_plan(store)
    assert plan is not None
    names = sorted(set(colour_names(plan.tasks).values()))
    assert names == ["0001_rgb_jhk_990101n_jhk0010009.fits.png", "0001_rgb_jhk_wide_1800p200_rgb.fits.png"]
    for name, sides in zip(names, [(60, 60), (44, 44)], strict=True):
        body = read_or_draw(store, ImagePlaces(), name)
        assert body is not None
        with image_module.open(io.BytesIO(body)) as picture:
            assert (picture.mode, picture.size) == ("RGB", sides)
            assert np.asarray(picture).std() > 0
