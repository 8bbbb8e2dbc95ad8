"""VOTables as strict readers see them."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io.votable import parse

from skybatch.tables.model import Param, Table, text
from skybatch.tables.schemas.column_sets import (
    INVENTORY,
    INVENTORY_PARAMS,
    NATIVE_SEARCH,
    ROWS,
    SIA_PARAMS,
    SIA_SEARCH,
)
from skybatch.tables.schemas.image_table import image_data, image_table
from skybatch.tables.writers.formats import write
from skybatch.tables.writers.votable import error_document
from tests.support.survey.image_sets import sample_image_rows, sample_image_sets

SETS = sample_image_sets(25)
IMAGES = sample_image_rows(SETS, type=["A", "Q"] * 12 + ["A"], id=["é😀 <&>\"'"] * 25)
SEARCHES = {
    "sia": (SIA_SEARCH, SIA_PARAMS),
    "inventory": (INVENTORY, INVENTORY_PARAMS),
    "native": (NATIVE_SEARCH, ()),
}


def documents() -> dict[str, bytes]:
    tables = {
        name: Table(
            columns, image_data({"askyw": SETS}, IMAGES, columns), params=params, overflow="cut at 25"
        )
        for name, (columns, params) in SEARCHES.items()
    }
    tables["batch"] = image_table(
        {"askyw": SETS}, IMAGES, "xml", title="a <b> batch", keywords={"label": "é😀"}
    )
    tables["rows"] = Table(ROWS, {column.name: [None, 1] for column in ROWS})
    tables["empty"] = Table(ROWS, {column.name: [] for column in ROWS}, params=(Param("INPUT:POS", ""),))
    return {name: write(table, "xml") for name, table in tables.items()} | {
        "error": error_document("no <POS>")
    }


DOCUMENTS = documents()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_astropy_finds_nothing_but_the_ucds_of_sia_1(name: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        parse(io.BytesIO(DOCUMENTS[name]), verify="warn")
    words = [str(warning.message) for warning in caught]
    # SIA 1.0 asks for these two, which the later UCD list no longer has.
    assert [w for w in words if "POS_EQ_RA_MAIN" not in w and "POS_EQ_DEC_MAIN" not in w] == []


@pytest.mark.parametrize("name", ["rows", "empty", "native", "error"])
def test_without_those_astropy_accepts_it_at_its_strictest(name: str) -> None:
    parse(io.BytesIO(DOCUMENTS[name]), verify="exception")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_votlint_is_silent(name: str, tmp_path: Path) -> None:
    if shutil.which("stilts") is None:
        pytest.skip("stilts is not installed (apt-get install stilts)")
    path = tmp_path / f"{name}.xml"
    path.write_bytes(DOCUMENTS[name])
    ran = subprocess.run(["stilts", "votlint", str(path)], capture_output=True, text=True, check=False)
    assert (ran.stdout + ran.stderr).strip() == ""


@pytest.mark.parametrize("name", ["sia", "inventory", "batch"])
def test_status_is_the_first_info_of_the_results(name: str) -> None:
    resource = parse(io.BytesIO(DOCUMENTS[name]), verify="ignore").resources[0]
    assert (resource.type, resource.infos[0].name, resource.infos[0].value) == (
        "results",
        "QUERY_STATUS",
        "OK",
    )


def test_a_truncated_response_says_so_after_its_table() -> None:
    document = DOCUMENTS["sia"].decode()
    assert document.index("</TABLE>") < document.index('<INFO name="QUERY_STATUS" value="OVERFLOW">cut at 25')


def test_an_error_says_why() -> None:
    info = parse(io.BytesIO(DOCUMENTS["error"]), verify="ignore").resources[0].infos[0]
    assert (info.name, info.value, info.content) == ("QUERY_STATUS", "ERROR", "no <POS>")


def test_frames_are_told_apart() -> None:
    resource = parse(io.BytesIO(DOCUMENTS["batch"]), verify="ignore").resources[0]
    assert {c.ID: c.system for c in resource.coordinate_systems} == {"J2000": "eq_FK5", "ICRS": "ICRS"}
    refs = {field.name: field.ref for field in resource.tables[0].fields if field.ref}
    assert refs == {"center_ra": "J2000", "center_dec": "J2000", "req_ra": "ICRS", "req_dec": "ICRS"}


def test_marker_label_and_format_are_there() -> None:
    resource = parse(io.BytesIO(DOCUMENTS["batch"]), verify="ignore").resources[0]
    params = {param.name: param.value for param in resource.params}
    assert (params["skybatch"], params["label"], params["ctype"]) == ("1", "é😀", "SIN")
    assert set(resource.tables[0].array["form"]) == {"fits"}


def test_plain_text_is_char_and_only_what_needs_it_is_unicode() -> None:
    columns = (text("a", ""), text("b", ""))
    document = write(Table(columns, {"a": ["x"], "b": ["é"]}), "xml")
    fields = parse(io.BytesIO(document)).resources[0].tables[0].fields
    assert [field.datatype for field in fields] == ["char", "unicodeChar"]


def test_arrays_keep_their_shape() -> None:
    array = parse(io.BytesIO(DOCUMENTS["sia"]), verify="ignore").resources[0].tables[0].array
    assert np.stack(array["sia_cd"].tolist()).shape == (25, 4)
    assert np.stack(array["sia_naxis"].tolist()).tolist() == [[512, 1024]] * 25


def test_cells_of_a_line_each_are_the_same_xml() -> None:
    columns = (text("url", "", link="image"), text("name", ""), text("none", "", link="image"))
    data: dict[str, list[str | None]] = {
        "url": ["https://x/?a=1&b=2", "ends ]]> early"],
        "name": ["<a>", "b"],
        "none": [None, ""],
    }
    lines = write(Table(columns, data, cell_lines=True), "xml")
    assert b"<TR><TD><![CDATA[https://x/?a=1&b=2]]></TD>\n<TD>&lt;a&gt;</TD>\n<TD></TD></TR>\n" in lines
    one, other = (
        parse(io.BytesIO(document)).get_first_table().array
        for document in (lines, write(Table(columns, data), "xml"))
    )
    assert one.tolist() == other.tolist()
    assert one["url"].tolist() == data["url"]


def test_a_column_links_to_the_page_about_it() -> None:
    column = text("a", "", documentation="https://x/?a&b", options=(("v", "value"),))
    (field,) = parse(io.BytesIO(write(Table((column,), {"a": ["v"]}), "xml"))).get_first_table().fields
    assert [(link.content_role, link.href) for link in field.links] == [("doc", "https://x/?a&b")]
    assert (field.values.type, field.values.options) == ("actual", [("value", "v")])
