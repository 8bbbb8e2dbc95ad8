"""Licence and citation say the same as the package's metadata."""

from __future__ import annotations

import re
import tomllib

import yaml

from local.deploy import ROOT
from skybatch.version import VERSION

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
AUTHORS = "the skybatch developers"


def test_the_licence_is_bsd_3_clause_everywhere() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert licence.startswith("BSD 3-Clause License")
    assert re.search(rf"Copyright \(c\) \d{{4}}, {AUTHORS}", licence)
    assert PROJECT["license"] == CITATION["license"] == "BSD-3-Clause"
    assert PROJECT["license-files"] == ["LICENSE"]


def test_authors_and_version_agree() -> None:
    assert [author["name"] for author in PROJECT["authors"]] == [AUTHORS]
    assert [author["name"] for author in CITATION["authors"]] == [AUTHORS]
    assert CITATION["version"] == VERSION


def test_the_citation_has_what_its_format_requires() -> None:
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= CITATION.keys()


def test_the_classifiers_list_the_supported_versions_of_python() -> None:
    minors = sorted(
        int(found[1])
        for classifier in PROJECT["classifiers"]
        if (found := re.fullmatch(r"Programming Language :: Python :: 3\.(\d+)", classifier))
    )
    assert f">=3.{minors[0]}" == PROJECT["requires-python"]
    assert minors == list(range(minors[0], minors[-1] + 1))
