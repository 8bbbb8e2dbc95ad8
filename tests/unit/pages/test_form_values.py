"""What the form is filled in with: addresses, posted forms, earlier requests."""

from __future__ import annotations

import pytest

from skybatch.pages.form_values import (
    FIELDS,
    TABLE_SHOWN,
    FormValues,
    filled,
    from_address,
    from_post,
    from_request,
)
from skybatch.pages.survey_choice import survey_choice
from skybatch.requests.fields import BatchRequestBody

CHOICE = survey_choice({})


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ({"center": ["m83"], "diameter": ["0.5"]}, "region"),
        ({"date": ["971031"], "scan": ["96"]}, "scan"),
        ({"table": ["ra,dec"]}, "positions"),
        ({"mode": ["scans"], "table": ["xdate,hem,scan"]}, "scans"),
        ({}, "region"),
    ],
)
def test_the_mode_follows_from_the_fields_of_an_address(address: dict[str, list[str]], mode: str) -> None:
    given = from_address(address)
    assert given.notices == ()
    assert filled(given.fields, CHOICE)["mode"] == mode


def test_an_address_fills_in_every_field_and_tells_of_others() -> None:
    given = from_address({"center": ["m83"], "bands": ["J", "K"], "centre": ["m31"], "label": ["a", "b"]})
    values = filled(given.fields, CHOICE)
    assert (values["center"], values["bands"], values["label"]) == ("m83", ("J", "K"), "b")
    (notice,) = given.notices
    assert "'centre'" in notice


def test_every_field_of_a_request_can_be_filled_in() -> None:
    assert set(BatchRequestBody.model_fields) - set(FIELDS) == {"dataset", "table_base64"}


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        (b"ra,dec\n1,2\n", True),
        (None, True),
        (b"x" * TABLE_SHOWN, True),
        (b"x" * (TABLE_SHOWN + 1), False),
        (b"SIMPLE  =\0", False),
        (b"\x1f\x8b\x08\xff", False),
    ],
)
def test_a_table_comes_back_whole_or_not_at_all_and_that_is_told(table: bytes | None, shown: bool) -> None:
    given = from_post({"mode": "positions"}, table)
    assert given.fields["table"] == ((table or b"").decode() if shown else "")
    assert (given.notices == ()) is shown
    again = from_request({"mode": "positions"}, table, "stars.fits", "https://sky.example/stars.fits")
    assert again.table_url == ("" if shown else "https://sky.example/stars.fits")
    assert all("stars.fits" in notice for notice in again.notices)


def test_a_request_is_written_as_the_form_has_it() -> None:
    body = {
        "mode": "region",
        "center": "m83",
        "diameter": 0.5,
        "decompress": False,
        "bands": ["K"],
        "first_row": 3,
    }
    values = filled(from_request(body, None, None, "").fields, CHOICE)
    assert (values["diameter"], values["decompress"], values["bands"]) == ("0.5", "false", ("K",))
    assert str(values["first_row"]) == "3"


def test_nothing_given_is_the_defaults_of_the_survey() -> None:
    values = filled(FormValues({}).fields, CHOICE)
    assert values["bands"] == ("J", "H", "K")
    assert (values["survey"], values["form"]) == ("2mass-asky", "fits.gz")
