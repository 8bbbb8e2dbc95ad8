"""Lists without a line of column names."""

from __future__ import annotations

import pytest

from skybatch.tables.readers.text_formats.headerless import is_number_row
from tests.support.tables.table_reading import refusal, rows_in, upload_of


@pytest.mark.parametrize(
    "content", ["1.5 -2\n3 4\n", "1.5,-2\n3,4\n", "1.5\t-2\n3\t4\n", "# targets\n1.5 -2\n3 4\n"]
)
def test_the_first_two_columns_of_numbers_are_the_position(content: str) -> None:
    upload = upload_of(content)
    assert rows_in(content) == [{"ra": "1.5", "dec": "-2"}, {"ra": "3", "dec": "4"}]
    assert len(upload.notices) == 1


def test_six_numbers_are_hours_and_degrees() -> None:
    assert rows_in("13 37 00.9 -29 51 56 17.2\n04 21 59.4 +19 32 06 8.1\n") == [
        {"ra": "13 37 00.9", "dec": "-29 51 56"},
        {"ra": "04 21 59.4", "dec": "+19 32 06"},
    ]


def test_six_numbers_that_are_no_angles_are_six_columns() -> None:
    assert rows_in("100.5 1 1 1 1 1\n13 37 00 29 51 56\n")[0] == {"ra": "100.5", "dec": "1"}


def test_one_text_a_line_is_a_list_of_names() -> None:
    assert rows_in("NGC 7479\nM 31\n13h37m00s -29d51m56s\n") == [
        {"name": "NGC 7479"},
        {"name": "M 31"},
        {"name": "13h37m00s -29d51m56s"},
    ]


@pytest.mark.parametrize("content", ["1.5\n2.5\n", "M 31,10.68,41.27\nM 33,1,2\n"])
def test_anything_else_must_name_its_columns(content: str) -> None:
    assert "must name the columns" in refusal(content).detail


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1", "-2.5e3", ""], True),
        (["13:37:00.9", "-29:51:56"], True),
        (["13h37m00s", "−29°51′56″"], True),
        (["13 37 00", "+29 51 56"], True),
        (["1", "a"], False),
        (["", "--"], False),
        (["1" * 100_000 + "x"], False),
    ],
)
def test_numbers_and_angles_are_told_from_words(cells: list[str], numbers: bool) -> None:
    assert is_number_row(cells) is numbers
