"""The list of result files: the archive first, the formats of a table together."""

from __future__ import annotations

import itertools
import random

from skybatch.batch.results.tables import TABLE_FORMATS
from skybatch.pages.result_files import MEANINGS, group_files
from skybatch.status import ResultFile

TABLES = ("images", "unretrieved", "failed", "rows")
OTHERS = [name for name in MEANINGS if "." in name]
FILES = [f"{table}.{form}" for table, form in itertools.product(TABLES, TABLE_FORMATS)] + OTHERS
UPLOAD = "uploaded_my.targets.csv"


def grouped(names: list[str]) -> list[list[str]]:
    return [[file.name for file in group.files] for group in group_files([ResultFile(n, 1) for n in names])]


def test_every_file_is_in_exactly_one_group() -> None:
    assert sorted(itertools.chain(*grouped([*FILES, UPLOAD]))) == sorted([*FILES, UPLOAD])


def test_the_formats_of_a_table_stand_together() -> None:
    groups = grouped(FILES)
    for table in TABLES:
        assert [f"{table}.{form}" for form in TABLE_FORMATS] in groups


def test_the_order_does_not_depend_on_the_order_given() -> None:
    shuffled = random.Random(3).sample(FILES, len(FILES))
    first = [group.meaning for group in group_files([ResultFile(n, 1) for n in FILES])]
    assert [group.meaning for group in group_files([ResultFile(n, 1) for n in shuffled])] == first


def test_the_archive_comes_first_and_the_upload_last() -> None:
    groups = group_files([ResultFile(n, 1) for n in (UPLOAD, *FILES)])
    assert [group.is_archive for group in groups] == [True] + [False] * (len(groups) - 1)
    assert [file.name for file in groups[-1].files] == [UPLOAD]


def test_each_kind_of_file_has_its_own_meaning() -> None:
    groups = group_files([ResultFile(n, 1) for n in (*FILES, UPLOAD)])
    assert len({group.meaning for group in groups}) == len(groups)
