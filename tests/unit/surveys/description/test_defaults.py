"""Defaults that depend on other keys."""

from __future__ import annotations

from tests.support.survey.descriptions import plain_survey


def test_tables_hold_the_columns_of_the_survey() -> None:
    columns = '[columns]\nrms = { of = "set", type = "double", doc = "Noise." }\n\n[fields]'
    tables = plain_survey(("[fields]", columns)).tables
    assert tables.core == ("rms",)
    assert tables.sia == ("@sia", "@bandpass:ref,low,high", "rms")
    assert tables.search[0] == "rms"


def test_further_products_are_marked_in_file_names() -> None:
    more = (
        'forms = ["fits"]\n[product.noise]\ntitle = "Noise"\ntype = "N"\nkey = "{field}-n"\nforms = ["fits"]'
    )
    types = '[requests]\nimage_types = { atlas = "image", quicklook = "noise" }'
    survey = plain_survey(('forms = ["fits"]', f"{more}\n{types}"))
    assert [product.mark for product in survey.product.values()] == ["", "_noise"]


def test_what_is_given_stays() -> None:
    survey = plain_survey(('short = "Radio"', 'short = "Radio"\nmission = { name = "vla" }'))
    assert survey.mission.name == "vla"
