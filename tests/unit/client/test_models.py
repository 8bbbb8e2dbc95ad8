"""Responses of the server as objects: identifiers, file names, and what is missing of a batch."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.client import UnexpectedResponse
from skybatch.client.models import Batch, Image, Plan, id_of, read_status, safe_name
from tests.support.servers.made_batches import BATCH_ID, MadeBatch

STATUS = MadeBatch({"a.fits": b"a"}).status()


@pytest.mark.parametrize(
    "batch",
    [
        BATCH_ID,
        f" {BATCH_ID}\n",
        f"https://sky.example/batches/{BATCH_ID}",
        f"https://sky.example/prod/batches/{BATCH_ID}/results#images",
        f"/batches/{BATCH_ID}?x=1",
        read_status(STATUS),
    ],
)
def test_a_batch_is_an_id_a_url_or_an_object(batch: object) -> None:
    assert id_of(batch) == BATCH_ID


@pytest.mark.parametrize(
    "batch", ["", "no-id", BATCH_ID[1:], BATCH_ID.upper(), f"/batches/{BATCH_ID}0", "../../etc/passwd", None]
)
def test_anything_else_is_no_batch(batch: object) -> None:
    with pytest.raises(ValueError, match="neither"):
        id_of(batch)


@pytest.mark.parametrize("name", ["images.tar", "0001_990101n_j0010009.fits.gz", "_x", "a" * 255])
def test_plain_file_names_are_safe(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "../x", "a/b", "a\\b", "-rf", "a b", "a" * 256, "a\n"]
)
def test_names_that_leave_the_directory_are_not(name: str) -> None:
    with pytest.raises(ValueError, match="not a safe file name"):
        safe_name(name)


@pytest.mark.parametrize(
    ("change", "whole"),
    [
        ({}, True),
        ({"rows": {"not_covered": 3, "duplicate": 1}}, True),
        ({"rows": {"partial": 1}}, False),
        ({"rows": {"unresolved": 1}}, False),
        ({"images": {"failed": 1}}, False),
        ({"unretrieved": {"images": 4}}, False),
        ({"state": "cancelled"}, False),
        ({"state": "working"}, False),
    ],
)
def test_a_batch_is_whole_when_no_existing_image_is_missing(change: dict[str, Any], whole: bool) -> None:
    changed = {
        name: {**(STATUS[name] or {}), **value} if isinstance(value, dict) else value
        for name, value in change.items()
    }
    assert read_status({**STATUS, **changed}).retrieved_all is whole


def test_only_final_states_have_ended() -> None:
    ended = {
        state: read_status({**STATUS, "state": state}).ended
        for state in (
            "accepted",
            "resolving",
            "planning",
            "working",
            "packaging",
            "complete",
            "failed",
            "cancelled",
        )
    }
    assert [state for state, final in ended.items() if final] == ["complete", "failed", "cancelled"]


def test_an_image_is_named_below_its_folder() -> None:
    entry = {"file": "images/a.fits", "bytes": 3, "row": 2, "id": "x", "band": "h", "md5": "0" * 32}
    assert Image.read(entry) == Image("a.fits", 3, 2, "x", "h", "0" * 32)


@pytest.mark.parametrize("entry", [{"name": "../x"}, {"name": 3}, {"bytes": "3"}, {"bytes": None}])
def test_a_status_with_unsafe_files_is_unexpected(entry: dict[str, Any]) -> None:
    file = {"name": "rows.tbl", "bytes": 3, "md5": "0" * 32}
    assert read_status({**STATUS, "files": [file]}).file("rows.tbl")
    with pytest.raises(UnexpectedResponse):
        read_status({**STATUS, "files": [{**file, **entry}]})


def test_the_batch_id_of_a_status_is_an_id_alone() -> None:
    assert read_status({**STATUS, "batch_id": f"/batches/{BATCH_ID}/x"}).batch_id == BATCH_ID


@pytest.mark.parametrize("reader", [Plan.read, Batch.read, read_status, Image.read])
@pytest.mark.parametrize("response", [{}, {"batch_id": "../.."}, {"file": "../x", "bytes": 1, "band": "j"}])
def test_a_response_of_another_shape_is_unexpected(reader: Any, response: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedResponse):
        reader(response)
