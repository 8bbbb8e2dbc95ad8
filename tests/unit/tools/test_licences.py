"""Licences are read from metadata of every age, and the page lists what is pinned and what is asked for."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.tools.wheels import PINS, add_distribution
from tools.licences import EXTRAS, NOT_STATED, PAGE, licence_of, own_requirements, unaccepted, without_text

OLD_BSD = ("License: Dual License", "Classifier: License :: OSI Approved :: BSD License")
OLD_APACHE = "Classifier: License :: OSI Approved :: Apache Software License"


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        (("License-Expression: MIT OR Apache-2.0",), "MIT OR Apache-2.0"),
        (("License: Apache License 2.0",), "Apache-2.0"),
        ((*OLD_BSD, OLD_APACHE), "Apache-2.0 OR BSD-3-Clause"),
        (("License: all rights reserved by us",), NOT_STATED),
        ((), NOT_STATED),
    ],
)
def test_a_licence_is_an_spdx_expression(tmp_path: Path, fields: tuple[str, ...], licence: str) -> None:
    add_distribution(tmp_path, "thing", "1.0", *fields)
    (package,) = distributions(path=[str(tmp_path)])
    assert licence_of(package) == licence


def test_a_licence_not_accepted_is_named(tmp_path: Path) -> None:
    add_distribution(tmp_path, "fine", "1.0", "License-Expression: MIT AND Zlib")
    add_distribution(tmp_path, "either", "1.0", "License-Expression: GPL-3.0-only OR BSD-3-Clause")
    add_distribution(tmp_path, "strict", "2.0", "License-Expression: AGPL-3.0-only")
    add_distribution(tmp_path, "partly", "2.0", "License-Expression: MIT AND GPL-2.0-only")
    add_distribution(tmp_path, "silent", "3.0")
    names = [line.split()[0] for line in unaccepted(tmp_path)]
    assert names == ["partly", "silent", "strict"]


def test_packages_without_a_licence_text_are_named(tmp_path: Path) -> None:
    for name, file in (("with", "licenses/LICENSE.txt"), ("without", "entry_points.txt")):
        add_distribution(tmp_path, name, "1.0")
        info = tmp_path / f"{name}-1.0.dist-info"
        (info / file).parent.mkdir(exist_ok=True)
        (info / file).write_text("")
        (info / "RECORD").write_text(f"{name}-1.0.dist-info/{file},,\n")
    assert without_text(tmp_path) == ["without"]


def test_the_page_lists_every_pin_with_its_version() -> None:
    page = PAGE.read_text()
    assert [name for name, version in PINS.items() if f"| {name} | {version} | " not in page] == []


def test_the_page_lists_all_that_the_project_asks_for() -> None:
    asked = {Requirement(line).name.lower() for extra, _ in EXTRAS for line in own_requirements(extra)}
    page = PAGE.read_text()
    assert [name for name in sorted(asked - {"skybatch"}) if f"| {name} | " not in page] == []
    assert NOT_STATED not in page
