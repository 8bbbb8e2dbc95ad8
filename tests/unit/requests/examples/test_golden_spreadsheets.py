"""Spreadsheets, loggers and notes of observers, each row as a careful reader would write it."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest

from tests.support.hostile.parts import workbook
from tests.support.tables.golden_tables import Golden, Row, answer_of, assert_golden
from tests.support.tables.table_cases import M, T

_TIME_STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="[h]:mm:ss.00"/></numFmts>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def sheet(*rows: tuple[object, ...]) -> str:
    """The XML of rows of text, numbers, times (of a day) and empty cells."""
    return "".join(f"<row r='{i}'>{''.join(map(_cell, row))}</row>" for i, row in enumerate(rows, 1))


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    if isinstance(value, datetime.timedelta):
        return f'<c s="1"><v>{value.total_seconds() / 86400!r}</v></c>'
    return "<c/>" if value is None else f"<c><v>{value!r}</v></c>"


def _with_times(made: bytes) -> bytes:
    """The workbook with a style of times."""
    written = io.BytesIO(made)
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("xl/styles.xml", _TIME_STYLES)
    return written.getvalue()


NAMED = (("Object", "RA", "Dec"), ("HL Tau", T[0], T[1]), ("M 83", M[0], M[1]))
BOTH = [Row(T, "HL Tau"), Row(M, "M 83")]
TABLES = {
    "xlsx of degrees": Golden(workbook(sheet(*NAMED)), BOTH),
    "xlsx with a title and an empty row above": Golden(
        workbook(sheet(("Targets of the winter term",), (None,), *NAMED)), BOTH, ["above the column names"]
    ),
    "xlsx of several sheets": Golden(
        workbook(
            sheet(*NAMED),
            sheet(("seeing", "moon"), (1.1, 0.3)),
            sheet(*NAMED[:2]),
            names=("May", "Log", "June"),
        ),
        [*BOTH, Row(T, "HL Tau")],
        ["May June numbered on", "Log not used"],
    ),
    "xlsx of sexagesimal text": Golden(
        workbook(
            sheet(
                ("Name", "RA", "Dec"),
                ("HL Tau", "04:21:59.43", "+19:32:06.3"),
                ("M 83", "13 37 00.91", "-29 51 55.4"),
            )
        ),
        BOTH,
    ),
    "xlsx with units in the names and sizes": Golden(
        workbook(
            sheet(
                ("Target", "RA (h)", "Dec (deg)", "size (arcmin)"),
                ("HL Tau", 4.36650847, T[1], 2),
                ("M 83", M[0] / 15, M[1], None),
            )
        ),
        [Row(T, "HL Tau", size=120), Row(M, "M 83")],
    ),
    "xlsx of times": Golden(
        _with_times(
            workbook(
                sheet(
                    ("Name", "RA", "Dec"),
                    ("HL Tau", datetime.timedelta(hours=4, minutes=21, seconds=59.43), T[1]),
                )
            )
        ),
        [Row(T, "HL Tau")],
    ),
    "CSV of a European spreadsheet": Golden(
        "\ufeffObjekt;Name;RA;Dec;Größe\n1;HL Tau;65,497627;19,53507;12,1\n2;M 83;204,2538;-29,8654;8,2\n",
        BOTH,
        ["decimal commas"],
    ),
    "CSV with sep line": Golden(
        "sep=;\r\nname;ra;dec\r\nHL Tau;65.497627;19.53507\r\nM 83;204.2538;-29.8654\r\n", BOTH
    ),
    "CSV in UTF-16": Golden(
        "name\tra\tdec\nHL Tau\t65.497627\t19.53507\nM 83\t204.2538\t-29.8654\n".encode("utf-16"), BOTH
    ),
    "CSV quoted, with commas in the notes": Golden(
        'name,notes,ra,dec\n"HL Tau","young, dusty",65.497627,19.53507\n"M 83","face on",204.2538,-29.8654\n',
        BOTH,
    ),
    "CSV with trailing empty lines of commas": Golden(
        "name,ra,dec,,\nHL Tau,65.497627,19.53507,,\nM 83,204.2538,-29.8654,,\n", BOTH
    ),
    "CSV with typographic minus": Golden("name,ra,dec\nM 83,204.2538,\u221229.8654\n", [Row(M, "M 83")]),
    "observing log with a preamble": Golden(
        "Observatory: Example Hill\nObserver: A. Person\nDate: 2026-11-28\n\nObject,RA,Dec,Exp,Filter\n"
        "HL Tau,04:21:59.43,+19:32:06.3,300,J\nM 83,13:37:00.91,-29:51:55.4,600,K\n",
        BOTH,
        ["above the column names"],
    ),
    "logger of a mount": Golden(
        "# time ra dec\n" + 2 * "2026-11-28T20:00:00 04:21:59.43 +19:32:06.3\n",
        [Row(T), Row(T)],
    ),
    "mobile mount log with units": Golden(
        "timestamp;ra_hours;dec_degrees\n2026-11-28T20:00:00Z;4.36650847;19.53507\n", [Row(T)]
    ),
    "names with sizes": Golden("object,size\nM 83,300\nHL Tau,\n", [Row("M 83", size=300), Row("HL Tau")]),
    "names and positions in one column": Golden("target\nM 83\n65.497627 19.53507\n", [Row("M 83"), Row(T)]),
    "equinox a row": Golden(
        "name,ra,dec,equinox\nM 83,203.54867800,-29.61082991,B1950\nHL Tau,65.497627,19.53507,J2000\n",
        [Row(M, "M 83", "fk4"), Row(T, "HL Tau", "fk5")],
    ),
    "epochs that are no equinox": Golden("id,ra,dec,epoch\na,204.2538,-29.8654,1950.0\n", [Row(M, "a")]),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_spreadsheet_is_right(name: str) -> None:
    assert_golden(TABLES[name])


@pytest.mark.parametrize(
    ("upload", "word"),
    [
        (b"PK\x03\x04 damaged", "CSV"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "CSV"),
        (b"%PDF-1.7", "PDF"),
        (b'[{"ra": 1, "dec": 2}]', "JSON"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(upload: bytes, word: str) -> None:
    assert word in answer_of(upload, status=422)["detail"]
