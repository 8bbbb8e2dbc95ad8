"""The published document is written where the service reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skybatch.api.openapi.document import openapi_document
from tools import openapi


def test_the_document_is_written_as_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(openapi, "PUBLISHED", tmp_path / "openapi.json")
    assert openapi.main() == 0
    assert json.loads((tmp_path / "openapi.json").read_text("utf-8")) == openapi_document()
