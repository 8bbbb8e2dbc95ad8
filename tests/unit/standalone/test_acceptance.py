"""A directory is of one request; the service's limits are not a machine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.batch.record import load_record, load_request
from skybatch.errors import Conflict, InvalidRequest
from skybatch.standalone.acceptance import accept
from tests.unit.standalone.conftest import posted


def test_the_same_request_is_the_same_batch_and_another_is_refused(tmp_path: Path) -> None:
    first = accept(posted(), tmp_path, tmp_path / "out", 1000.0)
    again = accept(posted(), tmp_path, tmp_path / "out", 2000.0)
    assert again.batch_id == first.batch_id
    assert load_record(again).created == 1000.0
    with pytest.raises(Conflict):
        accept(posted(bands="J"), tmp_path, tmp_path / "out", 2000.0)
    with pytest.raises(Conflict):
        accept(posted(), tmp_path / "another", tmp_path / "out", 2000.0)


def test_rows_are_not_limited(tmp_path: Path) -> None:
    table = "ra,dec\n" + "10,20\n" * 3000
    store = accept(posted(table=table), tmp_path, tmp_path / "out", 1000.0)
    assert len(load_request(store).rows) == 3000
    assert (tmp_path / "out" / "uploaded_table").read_text() == table


def test_what_the_service_refuses_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        accept(posted(table="ra,dec\n10,95\n"), tmp_path, tmp_path / "out", 1000.0)
    assert accept(posted(), tmp_path, tmp_path / "out", 1000.0)
