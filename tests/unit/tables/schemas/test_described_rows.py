"""What a description says of the images of a table."""

from __future__ import annotations

import json

import numpy as np

from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.survey import Survey
from skybatch.tables.schemas.described_rows import DescribedRows
from skybatch.tables.schemas.image_rows import ImageRows, gather_facts
from tests.support.survey.described.allwise_tree import SURVEY, TILES, address, key
from tests.support.survey.descriptions import known_survey, plain_survey
from tests.support.survey.image_sets import sample_image_rows, sample_image_sets

TILE = next(iter(TILES))


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


def atlas_rows(service: str = "") -> DescribedRows:
    bands = ["w1", "w4"]
    images = ImageRows(["allwise"] * 2, [0, 0], bands, ["A", "A"], ["", ""], service=service)
    facts = {"coadd_id": np.array([TILE] * 2), "suffix": np.array([".fits", ".fits"])}
    return DescribedRows(SURVEY, facts, images)


def test_companions_are_linked_at_the_addresses_of_the_archive() -> None:
    with known_survey(SURVEY):
        assert atlas_rows("https://sky.test").companions("uncertainty") == [
            f"https://sky.test/ibe/data/{address(TILE, band, 'unc', 'fits.gz')}" for band in (1, 4)
        ]
        assert atlas_rows().companions("coverage") == [None, None]


def test_images_that_anybody_may_read_are_told_by_bucket_and_key() -> None:
    with known_survey(SURVEY):
        places = [json.loads(text)["aws"] for text in atlas_rows().cloud_access()]
        assert [place["key"] for place in places] == [key(TILE, 1), key(TILE, 4)]
        assert {(place["bucket_name"], place["region"]) for place in places} == {
            ("nasa-irsa-wise", "us-west-2")
        }
    with known_survey(plain_survey()) as survey:
        assert radio_rows(survey).cloud_access() == [None, None]


def test_geometry_is_written_as_headers_have_it() -> None:
    with known_survey(SURVEY):
        rows = atlas_rows()
        assert (rows.axis_types(1), rows.axis_types(2)) == (["RA---SIN"] * 2, ["DEC--SIN"] * 2)
        assert (rows.equinoxes(), rows.projections()) == ([2000.0] * 2, ["SIN"] * 2)


def test_each_image_has_its_own_projection() -> None:
    with known_survey(SURVEY):
        rows = atlas_rows()
        facts = {**rows.facts, "projection": np.array([0.0, 1.0])}
        assert DescribedRows(SURVEY, facts, rows.images).axis_types(1) == ["RA---SIN", "RA---TAN"]


def test_images_of_2mass_have_identifiers_too() -> None:
    sets = sample_image_sets(3, dataset="askyw")
    images = sample_image_rows(sets)
    rows = DescribedRows(packaged_survey(), gather_facts({"askyw": sets}, images), images)
    assert rows.image_ids()[0] == f"{sets.date[0]}{sets.hem[0]}{sets.scan[0]:03d}{sets.image[0]:04d}"
    assert rows.survey_ids() == ["2mass-askyw"] * 3
    assert rows.projections() == ["SIN"] * 3
