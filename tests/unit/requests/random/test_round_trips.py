"""Any table that astropy writes from rows reads back to the same request, in every format."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from astropy.io.votable import from_table
from astropy.table import MaskedColumn, Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.tables.request_tables import parsed_upload

Record = dict[str, Any]


def text_form(name: str) -> Callable[[Table], bytes]:
    """Writes a table as one of astropy's text formats."""

    def write(table: Table) -> bytes:
        out = io.StringIO()
        table.write(out, format=name)
        return out.getvalue().encode()

    return write


def votable_form(serialization: str) -> Callable[[Table], bytes]:
    """Writes a table as a VOTable in one of its serializations."""

    def write(table: Table) -> bytes:
        out = io.BytesIO()
        document = from_table(table)
        if serialization == "binary":  # has no flags for null, only a value that means it
            for field in document.get_first_table().fields:
                if field.datatype in ("int", "long"):
                    field.values.null = -9999
        document.to_xml(out, tabledata_format=serialization)
        return out.getvalue()

    return write


def fits_form(table: Table) -> bytes:
    """Writes a table as a FITS binary table; its null text is empty text."""
    out = io.BytesIO()
    table.write(out, format="fits")
    return out.getvalue()


FORMS: dict[str, Callable[[Table], bytes]] = {
    "ipac": text_form("ascii.ipac"),
    "csv": text_form("ascii.csv"),
    "tab": text_form("ascii.tab"),
    "basic": text_form("ascii.basic"),
    "commented header": text_form("ascii.commented_header"),
    "ecsv": text_form("ascii.ecsv"),
    "votable text": votable_form("tabledata"),
    "votable binary": votable_form("binary"),
    "votable binary2": votable_form("binary2"),
    "fits": fits_form,
}

ids = st.from_regex(r"[A-Za-z][A-Za-z0-9_.+-]{0,5}( [A-Za-z0-9_.+-]{1,7})?", fullmatch=True)
no_words = {"null", "nan"}
given_ids = st.none() | ids.filter(lambda text: text.lower() not in no_words)
degrees = st.floats(0, 360, exclude_max=True).filter(lambda x: x == 0 or x > 1e-200)
latitudes = st.floats(-90, 90).filter(lambda x: x == 0 or abs(x) > 1e-200)
position_records = st.fixed_dictionaries(
    {
        "ra": degrees,
        "dec": latitudes,
        "size": st.none() | st.floats(-10, 3000).filter(lambda x: x == 0 or abs(x) > 1e-200),
        "best": st.none() | st.sampled_from("ynYN"),
        "id": given_ids,
    }
)
key_records = st.fixed_dictionaries(
    {
        "coadd_key": st.integers(1, 2**31 - 1),
        "band": st.none() | st.sampled_from("jhkaJHKA"),
        "id": given_ids,
    }
)
scan_records = st.fixed_dictionaries(
    {
        "xdate": st.dates().map(lambda day: day.strftime("%y%m%d")),
        "hem": st.sampled_from("nsNS"),
        "scan": st.integers(1, 999),
        "image": st.none() | st.integers(-5, 400),
        "band": st.none() | st.sampled_from("jhkaJHKA"),
        "id": given_ids,
    }
)
NUMBERS = {"ra": float, "dec": float, "size": float, "coadd_key": int, "scan": int, "image": int}


def table_of(records: Sequence[Record]) -> Table:
    """An astropy table with nulls masked."""
    columns = []
    for name in records[0]:
        values = [record[name] for record in records]
        kind = NUMBERS.get(name, str)
        filled: Any = np.array([kind() if value is None else value for value in values], dtype=kind)
        columns.append(MaskedColumn(filled, name=name, mask=[value is None for value in values]))
    return Table(columns)


def posted_back(mode: str, form: str, records: Sequence[Record]) -> list[Record]:
    """The rows that come of writing the records with astropy and posting them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        upload = FORMS[form](table_of(records))
    rows = parsed_upload(mode, upload).rows
    kept = [{k: v for k, v in row.to_json().items() if k != "line"} for row in rows]
    return [{**row, "bands": "".join(row["bands"])} for row in kept]


def bands_of(letter: str | None) -> str:
    """The bands that a band cell means."""
    return {"a": "jhk", "": "jhk"}.get((letter or "").lower(), (letter or "").lower())


def without_nulls(record: Record) -> Record:
    """What a row's JSON holds."""
    return {name: value for name, value in record.items() if value is not None and value is not False}


fewer = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("form", FORMS)
@fewer
@given(records=st.lists(position_records, min_size=1, max_size=4))
@pytest.mark.no_cover
def test_positions_read_back(form: str, records: list[Record]) -> None:
    expected = [
        without_nulls(
            {
                "number": number,
                "bands": "jhk",
                "id": record["id"],
                "sky": [record["ra"], record["dec"]],
                "size": record["size"] if record["size"] and record["size"] > 0 else None,
                "best": (record["best"] or "n").lower() == "y",
            }
        )
        for number, record in enumerate(records, 1)
    ]
    assert posted_back("positions", form, records) == expected


@pytest.mark.parametrize("form", FORMS)
@fewer
@given(records=st.lists(key_records, min_size=1, max_size=4))
@pytest.mark.no_cover
def test_coadd_keys_read_back(form: str, records: list[Record]) -> None:
    expected = [
        without_nulls(
            {
                "number": number,
                "bands": bands_of(record["band"]),
                "id": record["id"],
                "coadd_key": record["coadd_key"],
            }
        )
        for number, record in enumerate(records, 1)
    ]
    assert posted_back("coadd_keys", form, records) == expected


@pytest.mark.parametrize("form", FORMS)
@fewer
@given(records=st.lists(scan_records, min_size=1, max_size=4))
@pytest.mark.no_cover
def test_scans_read_back(form: str, records: list[Record]) -> None:
    expected = [
        without_nulls(
            {
                "number": number,
                "bands": bands_of(record["band"]),
                "id": record["id"],
                "date": record["xdate"],
                "hem": record["hem"].lower(),
                "scan": record["scan"],
                "image": record["image"] if record["image"] and record["image"] > 0 else None,
            }
        )
        for number, record in enumerate(records, 1)
    ]
    assert posted_back("scans", form, records) == expected
