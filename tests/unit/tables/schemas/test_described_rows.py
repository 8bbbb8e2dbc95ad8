"""What a description says of the images of a table."""

from __future__ import annotations

import numpy as np

from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.survey import Survey
from skybatch.tables.schemas.described_rows import DescribedRows
from skybatch.tables.schemas.image_rows import ImageRows, gather_facts
from tests.support.survey.descriptions import known_survey, plain_survey
from tests.support.survey.image_sets import sample_image_rows, sample_image_sets


def radio_rows(survey: Survey) -> DescribedRows:
    images = ImageRows(
        dataset=["radio"] * 2, set_index=[0, 1], band=["l", "l"], type=["A", "A"], url=["", ""]
    )
    facts = {"field": np.array(["10510+30456", "10510+31456"]), "suffix": np.array([".fits", ".fits.gz"])}
    return DescribedRows(survey, facts, images)


def test_images_of_another_survey_have_its_names() -> None:
    with known_survey(plain_survey()) as survey:
        rows = radio_rows(survey)
        assert rows.image_ids() == ["10510+30456", "10510+31456"]
        assert rows.survey_ids() == ["radio", "radio"]
        assert rows.file_names() == ["10510+30456.fits", "10510+31456.fits.gz"]
        assert rows.titles("title")[0] == "Images L Map Image: 10510+30456"
        assert rows.of_band("reference") == [0.21, 0.21]
        assert rows.of_product("pixflags") == ["C", "C"]


def test_images_of_2mass_have_identifiers_too() -> None:
    sets = sample_image_sets(3, dataset="askyw")
    images = sample_image_rows(sets)
    rows = DescribedRows(packaged_survey(), gather_facts({"askyw": sets}, images), images)
    assert rows.image_ids()[0] == f"{sets.date[0]}{sets.hem[0]}{sets.scan[0]:03d}{sets.image[0]:04d}"
    assert rows.survey_ids() == ["2mass-askyw"] * 3
    assert rows.projections() == ["SIN"] * 3
