"""The sample is an image that the archive's own search names."""

from __future__ import annotations

import csv
import io

import pytest

from skybatch.deployment.findings import Level
from skybatch.deployment.smoke.probe import Answer
from skybatch.deployment.smoke.sample import Sample, find_sample
from tests.support.deployment.scripted_service import SAMPLE, ScriptedProbe, answer


def test_the_first_image_of_the_search() -> None:
    sample, (finding,) = find_sample(ScriptedProbe({}))
    assert sample == Sample(10.0, -5.0, "/ibe/data/1.fits")
    assert finding.level is Level.OK


@pytest.mark.parametrize(
    "said", [answer(503), answer(200, b""), answer(200, b"s_ra,s_dec\n1,2\n"), answer(200, b"<html>")]
)
def test_an_archive_without_images_is_an_error(said: Answer) -> None:
    sample, (finding,) = find_sample(ScriptedProbe({r"GET /sia2/query.*": said}))
    assert sample is None
    assert finding.level is Level.ERROR


def test_a_table_of_crops_or_whole_images() -> None:
    rows = list(csv.DictReader(io.StringIO(SAMPLE.table(3))))
    assert len({row["dec"] for row in rows}) == 3
    assert {row["size"] for row in rows} == {"30"}
    assert next(csv.reader(io.StringIO(SAMPLE.table(1, None)))) == ["ra", "dec"]


def test_the_missing_image_has_a_name_of_the_same_form() -> None:
    assert SAMPLE.missing_path == "/ibe/data/2mass/ji9999999.fits.gz"


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/ibe/data/first/10510+30456E.fits", "/ibe/data/first/10510+99999E.fits"),
        ("/ibe/data/a1/field.fits", "/ibe/data/a1/none-field.fits"),
        ("/ibe/data/a1/field99.fits.fz", "/ibe/data/a1/none-field99.fits.fz"),
    ],
)
def test_images_of_other_surveys_have_names_of_other_forms(path: str, missing: str) -> None:
    """It was the image itself, which is there, where its name does not end in digits."""
    assert Sample(0.0, 0.0, path).missing_path == missing
