"""Which columns are kept of a survey's image sets."""

from __future__ import annotations

from skybatch.inventory.columns.of_survey import ColumnsOfSurvey
from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.image_type import ImageType
from tests.support.survey.descriptions import plain_survey

OWN = """\
[columns]
rms = { of = "band", type = "double", doc = "Noise." }
epoch = { of = "set", type = "double", doc = "Epoch." }
config = { of = "set", doc = "Configuration." }

[fields]"""


def test_2mass_has_the_columns_that_it_always_had() -> None:
    columns = ColumnsOfSurvey(packaged_survey())
    assert set(columns.integers) == {"coadd_key", "scan", "image", "header_blocks"}
    assert set(columns.texts) == {"date", "ut_date", "hem"}
    assert columns.measures == ("seesh", "magzp", "msnr10")
    assert columns.numbers == ()
    assert columns.products == {ImageType.ATLAS: "image", ImageType.QUICKLOOK: "quicklook"}
    assert columns.held_bit("quicklook", "k") == 5


def test_another_survey_has_its_own() -> None:
    columns = ColumnsOfSurvey(plain_survey(("[fields]", OWN)))
    assert columns.integers == ("header_blocks",)
    assert columns.texts == ("field", "config")
    assert (columns.numbers, columns.measures) == (("epoch",), ("rms",))
    assert columns.held_bit("image", "l") == 0
