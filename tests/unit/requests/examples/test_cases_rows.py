"""No row is lost: rulers, units, types, bars, several tables, no header, regions, sheets."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest

from skybatch.errors import InvalidRequest
from tests.support.tables.table_cases import M, T, assert_at, field, points, read, refused, told, votable

CASES = Path(os.environ.get("SKYBATCH_CASES", Path(__file__).resolve().parents[5] / "shared" / "cases"))
PAIR = field("ra", 'unit="deg"') + field("dec", 'unit="deg"')
_SECOND = votable(PAIR, M).split('v1.3">')[1]
TWO_RESOURCES = votable(PAIR, T).removesuffix("</VOTABLE>") + _SECOND


@pytest.mark.parametrize("dashes", ["--,--", "null,null", "nan,nan", ",", "NaN,--"])
@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_row_of_missing_values_is_a_row(dashes: str, row: int) -> None:
    lines = ["65.497627,19.53507", "204.2538,-29.8654"]
    lines.insert(row - 1, dashes)
    (error,) = refused("\n".join(["ra,dec", *lines, ""]))
    assert (error.row, error.line, error.value) == (row, row + 1, "")
    blank = "\n".join(["ra dec", *(line.replace(",", " ") for line in lines), ""])
    if dashes != ",":
        (error,) = refused(blank)
        assert error.row == row


@pytest.mark.parametrize(
    "table",
    [
        "name,ra,dec,mag\n,deg,deg,mag\nA,65.497627,19.53507,9.1\n",
        "name\tra\tdec\nchar\tdouble\tdouble\nA\t65.497627\t19.53507\n",
        "ra,dec\ndeg,deg\ndouble,double\n65.497627,19.53507\n",
        "ra\tdec\ndeg\tdeg\n------\t------\n65.497627\t19.53507\n",
        "ra dec\nF8 F8\n65.497627 19.53507\n",
        "|        ra |      dec |\n| 65.497627 | 19.53507 |\n",
        "{0}|        ra |      dec |\n{0}| 65.497627 | 19.53507 |\n{0}".format("+-----------+----------+\n"),
        "| ra | dec |\n|---|---|\n| 65.497627 | 19.53507 |\n",
        "65.497627 19.53507\n",
        "65.497627,19.53507\n",
        "04 21 59.4305 +19 32 06.252\n",
        "ra dec\n65.497627 19.53507\n\n# the end\n",
        "#  RA   DEC   NAME  RANK\n    4:21:59.4305 \t+19:32:06.252      T_61    2\n",
        "sep=;\nra;dec\n65.497627;19.53507\n",
        "ra;dec\n65,497627;19,53507\n",
        "ra\tdec\n65,497627\t19,53507\n",
        'fk5\ncircle(4:21:59.430,+19:32:06.25,10.000")\n',
        "# Region file format: DS9\nicrs\npoint(65.497627,19.53507) # point=cross\n",
        'galactic; box(176.229743,-20.886863,10",20",0)\n',
    ],
)
def test_whatever_stands_around_one_row_it_is_the_row(table: str) -> None:
    assert_at(table, T)


@pytest.mark.parametrize(
    "table",
    [
        (
            "#Table A\n_RAJ2000;_DEJ2000;HIP\ndeg;deg;\n----------;----------;------\n"
            " 65.497627; 19.535070;     1\n\n"
            "#Table B\n_RAJ2000;_DEJ2000;Vmag\ndeg;deg;mag\n--------;--------;----\n204.2538;-29.8654; 9.1\n"
        ),
        TWO_RESOURCES,
        "BatchStart\n|name      |ra          |dec         |\n+----------+------------+------------+\n"
        "|OBJ A     |04 21 59.43 |+19 32 06.3 |\n|OBJ B     |13 37 00.91 |-29 51 55.4 |\nBatchEnd\n",
        "65.497627 19.53507\n204.2538 -29.8654\n",
        "ra,dec\n65.497627,19.53507\nra,dec\n204.2538,-29.8654\n",
        'fk5\ncircle(4:21:59.430,+19:32:06.25,10.000")\nellipse(204.2538,-29.8654,10",5",30)\n',
    ],
)
def test_both_rows_are_read_wherever_they_stand_and_numbered_on(table: str) -> None:
    assert [row.row_number for row in assert_at(table, T, M).rows] == [1, 2]


def test_all_tables_of_a_file_are_used_and_a_notice_names_them() -> None:
    from astropy.io import fits

    def table(name: str, *columns: tuple[str, float]) -> fits.BinTableHDU:
        made = [fits.Column(name=column, format="D", array=[value]) for column, value in columns]
        return fits.BinTableHDU.from_columns(made, name=name)

    written = io.BytesIO()
    tables = [
        table("A", ("RA", T[0]), ("DEC", T[1])),
        table("LOG", ("time", 1.0)),
        table("B", ("ra", M[0]), ("dec", M[1])),
    ]
    fits.HDUList([fits.PrimaryHDU(), *tables]).writeto(written)
    request = assert_at(written.getvalue(), T, M)
    assert told(request, "A", "B")
    assert told(request, "LOG", "not used")
    assert_at(gzip.compress(written.getvalue()), T, M)


def test_names_without_a_header_are_names_and_numbers_alone_are_refused() -> None:
    names = ["M 83", "NGC 7479", "Barnard's star", "2MASS J04215943+1932062", "1H 0323+342"]
    request = read("\n".join(names))
    assert points(request.rows) == names
    assert told(request, "no line of column names")
    with pytest.raises(InvalidRequest, match="first line must name the columns"):
        read("1\n2\n3\n")


def test_image_sets_are_counted_over_all_tables_of_a_file() -> None:
    from skybatch.errors import TooLarge

    half = "xdate,hem,scan\n" + "971031,n,9\n" * 60
    read(half, "scans")
    with pytest.raises(TooLarge, match="2760 image sets"):
        read(f"{half}\n#\n{half}", "scans")


READ = {
    "01-own-coordinates-ignored-for-name/irsa-galactic.tbl": [T],
    "01-own-coordinates-ignored-for-name/known-name.csv": [T],
    "03-units-of-file-ignored/hours.tbl": [T],
    "03-units-of-file-ignored/radians.vot": [T],
    "04-size-unit-ignored/finderchart.tbl": [M],
    "04-size-unit-ignored/image-metadata.tbl": [M],
    "05-frame-of-file-ignored/column-as-documented.csv": [M],
    "05-frame-of-file-ignored/coosys-fk4.vot": [M],
    "05-frame-of-file-ignored/equinox-keyword.tbl": [M],
    "08-negative-ra/negative.csv": [M],
    "09-first-table-only/ldac.fits": [T],
    "09-first-table-only/two-targets.vot": [T, M],
    "10-column-names/cds.csv": [T],
    "10-column-names/deg.csv": [T],
    "10-column-names/lsst.csv": [T],
    "10-column-names/target.csv": [T],
    "10-column-names/topcat.csv": [T],
    "10-column-names/units.csv": [T],
    "11-unicode-dashes/emdash.csv": [M],
    "11-unicode-dashes/minus.csv": [M],
    "12-units-or-types-row/units.csv": [T],
    "13-tables-with-bars/fixed-width-1.txt": [T],
    "14-no-header/one.txt": [T],
    "14-no-header/pairs.txt": [T, M],
    "14-no-header/sextractor.cat": [T, (65.5, 19.54)],
    "15-ds9-region/targets.reg": [T, M],
    "22-2mass-own-columns/designation-as-id.csv": [T],
    "22-2mass-own-columns/designation-as-name.csv": [T],
    "22-2mass-own-columns/gator.tbl": [T],
    "27-excel/decimal-comma.csv": [T],
    "27-excel/sep.csv": [T],
    "29-vizier/two-tables.tsv": [T, M],
}


@pytest.mark.skipif(not CASES.is_dir(), reason=f"no cases at {CASES} (set SKYBATCH_CASES)")
@pytest.mark.parametrize("name", READ)
def test_a_file_of_the_collection_is_read(name: str) -> None:
    assert_at((CASES / name).read_bytes(), *READ[name])


@pytest.mark.skipif(not CASES.is_dir(), reason=f"no cases at {CASES} (set SKYBATCH_CASES)")
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("02-masked-row-eats-a-row/second-masked.csv", [2]),
        ("02-masked-row-eats-a-row/third-masked.csv", [3]),
        ("21-missing-positions/masked.vot", [1]),
        ("21-missing-positions/nan.csv", [1]),
    ],
)
def test_a_file_of_the_collection_is_refused_row_by_row(name: str, rows: list[int]) -> None:
    assert [error.row for error in refused((CASES / name).read_bytes())] == rows
