"""A finding says what, how grave, and what to do."""

from __future__ import annotations

from skybatch.deployment.findings import error, has_errors, ok, skipped, warning


def test_a_finding_has_a_line_and_one_for_what_to_do() -> None:
    assert ok("a", "fact").lines().split() == ["ok", "a", "fact"]
    assert error("a", "fact", "do it").lines().splitlines()[1].strip() == "→ do it"


def test_only_an_error_fails() -> None:
    assert not has_errors([ok("a", ""), skipped("a", ""), warning("a", "", "")])
    assert has_errors([ok("a", ""), error("a", "")])


def test_its_parts_have_names() -> None:
    assert warning("a", "b", "c").to_json() == {"check": "a", "level": "warning", "fact": "b", "action": "c"}
