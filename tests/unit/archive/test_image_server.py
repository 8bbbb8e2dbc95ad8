"""A server's search and images under a request policy: retries, refusals, and other answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skybatch.archive.image_server import MAX_WAIT, MAXREC, ImageServer, RequestPolicy, key_in_url
from skybatch.errors import InvalidRequest, NotFound, SourceDamaged, SourceUnsupported, TooLarge, Transient
from skybatch.surveys.image_id import atlas_key
from tests.unit.archive.conftest import FIRST, Archive

QUICK = RequestPolicy(in_flight=4, pause=0.0, tries=4, first_wait=0.001)


def test_answers_that_are_no_search_or_too_large_are_refused(archive: Archive, address: str) -> None:
    with ImageServer(address, QUICK) as server:
        with pytest.raises(InvalidRequest, match="POS is out of order"):
            server.images("asky", 1.0, 2.0, 0.5)
        archive.rows = [f"t,/ibe/data/{atlas_key(FIRST)}"] * MAXREC
        with pytest.raises(TooLarge, match="smaller pieces"):
            server.images("askyw", 1.0, 2.0, 0.5)
        archive.rows = ["t,http://elsewhere.example/other.fits"]
        with pytest.raises(NotFound, match=r"other\.fits"):
            server.images("askyw", 1.0, 2.0, 0.5)
        archive.rows = []
        assert server.images("askyw", 1.0, 2.0, 0.5) == []


def test_a_server_that_is_not_there_is_given_up() -> None:
    with (
        ImageServer("http://127.0.0.1:9", replace(QUICK, tries=2)) as server,
        pytest.raises(Transient, match="2 attempts"),
    ):
        server.get("/ibe/data/x")


def test_an_image_comes_as_it_is_stored(archive: Archive, address: str) -> None:
    key = atlas_key(FIRST)
    with ImageServer(address, QUICK) as server:
        assert server.image(key) == archive.files[key]


def test_a_body_found_damaged_is_requested_again(archive: Archive, address: str) -> None:
    key = atlas_key(FIRST)
    archive.trouble[key] = ["damaged"]

    def check(body: bytes) -> None:
        if body != archive.files[key]:
            raise SourceDamaged("not what is stored")

    with ImageServer(address, QUICK, sleep=lambda seconds: None) as server:
        assert server.get(f"/ibe/data/{key}", check) == archive.files[key]
    assert archive.asked[key] == 2


def test_a_wait_is_never_longer_than_the_maximum(archive: Archive, address: str) -> None:
    key, waits = atlas_key(FIRST), list[float]()
    archive.trouble[key] = ["cut"] * 3
    policy = replace(QUICK, first_wait=10 * MAX_WAIT)
    with ImageServer(address, policy, sleep=waits.append) as server:
        server.image(key)
    assert waits == [MAX_WAIT] * 3


@pytest.mark.parametrize("before", ["", "/ibe/data/", "https://h.example/ibe/data/"])
def test_a_key_is_found_in_a_url(before: str) -> None:
    key = atlas_key(FIRST)
    assert key_in_url(f"{before}{key}?center=1,2&size=3") == key


def test_a_url_without_a_key_is_refused() -> None:
    with pytest.raises(NotFound):
        key_in_url("https://h.example/ibe/data/twomass/other.fits")


def test_a_body_longer_than_any_image_is_not_read_on(
    archive: Archive, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = atlas_key(FIRST)
    monkeypatch.setattr("skybatch.fits.limits.MAX_IMAGE_BYTES", len(archive.files[key]) - 1)
    with ImageServer(address, QUICK) as server, pytest.raises(SourceUnsupported):
        server.image(key)
    assert archive.asked[key] == 1
