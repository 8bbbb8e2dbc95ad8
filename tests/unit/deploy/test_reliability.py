"""What docs/reliability.md says is tested, is."""

from __future__ import annotations

import re

from tests.support.batches.template import PARAMETERS, ROOT

TEXT = (ROOT / "docs" / "reliability.md").read_text()


def test_every_test_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT))
    assert len(named) > 15
    for file, test in named:
        assert f"def {test}(" in end_to_end(file), test


def test_every_drill_stands_in_the_table() -> None:
    for file in ("test_faults.py", "test_faults_people.py", "test_soak_clocks.py", "test_soak_queue.py"):
        tests = set(re.findall(r"^def (test_\w+)\(", end_to_end(file), re.MULTILINE))
        reference = {
            "test_a_batch_left_in_peace_is_whole",
            "test_cancellation_counts_until_outcomes_are_final",
        }
        assert not {test for test in tests - reference if test not in TEXT}, file


def test_every_file_of_soak_tests_stands_in_the_table_of_the_long_run() -> None:
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if "mark.soak" in path.read_text()]
    soaks = {path.relative_to(ROOT).as_posix() for path in files} - {"tests/unit/deploy/test_reliability.py"}
    assert soaks == set(re.findall(r"^\| `(tests/\S+\.py)` \|", TEXT, re.MULTILINE))


def test_defaults_of_bounds_are_the_templates() -> None:
    bounds = dict(re.findall(r"`(Max\w+)` \| (\d+) \|", TEXT))
    assert len(bounds) == 3
    assert bounds == {name: str(PARAMETERS[name]["Default"]) for name in bounds}


def end_to_end(name: str) -> str:
    """Return the text of the end-to-end tests in a file of this name."""
    (path,) = (ROOT / "tests" / "e2e").rglob(name)
    return path.read_text()
