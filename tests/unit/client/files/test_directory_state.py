"""The state file of a download directory: what it stores, and that a damaged one is an empty state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skybatch.client.directory import STATE_FILE, ResumeState

STATE = ResumeState("https://sky.example", "digest", "key", "id", archive_offset=1024, images_unpacked=3)


def test_a_saved_state_is_loaded_again(tmp_path: Path) -> None:
    STATE.save(tmp_path / "new" / "directory")
    assert ResumeState.load(tmp_path / "new" / "directory") == STATE


def test_names_in_the_file_stay_those_of_earlier_versions(tmp_path: Path) -> None:
    STATE.save(tmp_path)
    assert json.loads((tmp_path / ".skybatch.json").read_text()) == {
        "server": "https://sky.example",
        "request": "digest",
        "key": "key",
        "batch_id": "id",
        "offset": 1024,
        "members": 3,
    }
    assert [path.name for path in tmp_path.iterdir()] == [STATE_FILE]


def test_a_directory_without_a_state_file_has_an_empty_state(tmp_path: Path) -> None:
    assert ResumeState.load(tmp_path) == ResumeState.load(tmp_path / "nowhere") == ResumeState()


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"batch_id": 3}', "\xff"])
def test_a_damaged_state_file_is_an_empty_state(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE_FILE).write_bytes(text.encode("latin-1"))
    assert ResumeState.load(tmp_path) == ResumeState()
