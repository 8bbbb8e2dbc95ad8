"""A description tried on a tree: what it makes of keys and of a sample of headers."""

from __future__ import annotations

from skybatch.archive.described.check import check_tree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.survey import Survey
from tests.support.survey.described.first_tree import FIELDS, first_image, key


def test_a_tree_that_fits_has_no_reasons(tree: DirectoryTree, survey: Survey) -> None:
    report = check_tree(tree, survey, 100)["first"]
    assert (len(report.samples), report.problems, report.reasons) == (3, (), ())
    assert all(field in line for field, line in zip(FIELDS, report.samples, strict=True))


def test_headers_are_sampled(tree: DirectoryTree, survey: Survey) -> None:
    assert len(check_tree(tree, survey, 1)["first"].samples) == 1


def test_what_does_not_fit_is_told_and_nothing_written(tree: DirectoryTree, survey: Survey) -> None:
    tree.write(key("10510+31456E"), first_image("10510+30456E"))
    tree.write("first/first/images/notes.txt", b"x")
    report = check_tree(tree, survey, 100)["first"]
    assert len(report.reasons) == 2
    assert [problem.place for problem in report.problems] == [key("10510+31456E")]
    assert list(tree.entries("inventory/")) == []


def test_an_empty_tree_is_reported(tree: DirectoryTree, survey: Survey) -> None:
    assert check_tree(DirectoryTree(tree.root / "x"), survey, 100)["first"].reasons
