"""Machine-readable tables: columns by the bytes that their description gives."""

from __future__ import annotations

from tests.support.tables.table_reading import refusal, selecting, table_of

RULER = "-" * 60
DESCRIPTION = f"""\
Title: A catalog
Table: Sources
{"=" * 60}
Byte-by-byte Description of file: datafile1.txt
{RULER}
   Bytes Format Units   Label     Explanations
{RULER}
   1-  4 A4     ---     ID        Name
   6-  7 I2     h       RAh       ?=-9 Hour of right ascension
   9- 10 I2     min     RAm       Minute of right ascension
      12 A1     ---     DE-       Sign of declination
  13- 14 I2     deg     DEd       Degree of declination
{RULER}
Note (1): none
{RULER}
"""
SELECT = selecting("id", "rah", "ram", "de-", "ded")


def test_columns_units_and_nulls_are_those_of_the_description() -> None:
    table = table_of(f"{DESCRIPTION}A  1 13 37 -29\nB    -9 37 +01\n", SELECT)
    assert [column.unit for column in table.header.columns] == [None, "h", "min", None, "deg"]
    assert dict(table.cells) == {
        0: ["A  1", "B"],
        1: ["13", None],
        2: ["37", "37"],
        3: ["-", "+"],
        4: ["29", "01"],
    }
    assert list(table.lines) == [16, 17]


def test_a_description_without_data_is_refused_by_name() -> None:
    assert "byte-by-byte" in refusal(DESCRIPTION, SELECT).detail
