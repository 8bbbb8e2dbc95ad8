"""Batches that complete with every checksum right, and the faults that are found."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from skybatch.deployment.smoke.batch_checks import (
    check_crops,
    check_same_key,
    check_whole_images,
    list_images,
)
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Answer
from tests.support.deployment.planned import faults
from tests.support.deployment.scripted_service import FILE, ID, STATUS, answer, md5, service

FILES: list[dict[str, Any]] = STATUS["files"]  # type: ignore[assignment]


def submitted(context: Context) -> Context:
    context.batches["crops"] = {"batch_id": ID}
    return context


def status(**changes: Any) -> Answer:
    return answer(200, STATUS | changes)


def file_with(**changes: Any) -> Answer:
    return status(files=[FILES[0] | changes])


def test_a_service_that_is_well() -> None:
    context = service()
    for check in (check_same_key, check_crops, check_whole_images):
        assert faults(list(check(context))) == set()
    assert context.batches["crops"]["state"] == "complete"


def test_a_key_that_is_forgotten_or_too_strong() -> None:
    made = iter("abcdef")
    forgotten = service({"POST /batches": lambda *_: answer(202, {"batch_id": next(made) * 32})})
    assert faults(list(check_same_key(forgotten))) == {"same-key"}
    one = service({"POST /batches": answer(202, {"batch_id": ID})})
    assert faults(list(check_same_key(one))) == {"same-key"}


@pytest.mark.parametrize("check", [check_same_key, check_whole_images])
def test_a_batch_that_is_not_accepted(check: Any) -> None:
    assert faults(list(check(service({"POST /batches": answer(503)})))) != set()


@pytest.mark.parametrize(
    "said",
    [
        status(state="failed", reason="no"),
        status(state="working"),
        status(rows={"total": 3, "retrieved": 2}),
        status(rows={"total": 2, "retrieved": 2}),
        file_with(bytes=65),
        file_with(md5="0" * 32),
        file_with(md5=None, crc32="00000000"),
    ],
)
def test_a_batch_that_is_not_what_it_says(said: Answer) -> None:
    context = submitted(service({rf"GET /batches/{ID}": said}))
    assert faults(list(check_crops(context))) == {"crops"}


def test_a_file_may_have_a_crc_instead_of_an_md5() -> None:
    said = file_with(md5=None, crc32=f"{zlib.crc32(FILE):08X}")
    assert faults(list(check_crops(submitted(service({rf"GET /batches/{ID}": said}))))) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {r"GET https://s3.example/results/image": answer(200, b"other")},
        {r"GET https://s3.example/results/image": answer(403)},
        {r"GET https://s3.example/results/sums": answer(200, f"{md5(b'x')}  images/a.fits\n".encode())},
        {r"GET /batches/x/images/a.fits": answer(404)},
    ],
)
def test_an_image_that_is_not_what_its_sum_says(changes: dict[str, Any]) -> None:
    assert faults(list(check_crops(submitted(service(changes))))) == {"crops"}


def test_the_list_of_images_is_followed_to_its_end() -> None:
    pages = {
        r"GET /batches/b/images": answer(
            200, {"images": [{"file": "1"}], "next": "/batches/b/images?after=1"}
        ),
        r"GET /batches/b/images\?after=1": answer(
            200, {"images": [{"file": "2"}], "next": "/batches/b/images?after=2"}
        ),
        r"GET /batches/b/images\?after=2": answer(200, {"images": [], "next": "/batches/b/images?after=2"}),
    }
    assert [image["file"] for image in list_images(service(pages), "b")] == ["1", "2"]
