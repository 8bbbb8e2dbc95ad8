"""Responses of any size: revalidation, compression, and the way through S3."""

from __future__ import annotations

import gzip

import pytest
from obstore.store import MemoryStore, S3Store

from skybatch.api.large_responses import CACHE_CONTROL, MAX_INLINE_BYTES, MIN_GZIP_BYTES, content_response
from skybatch.api.routing import AnyResponse
from tests.support.aws.s3 import fetch
from tests.support.servers.http import body_of, http_request

LARGE = b"x" * MIN_GZIP_BYTES


def respond(body: bytes, *, compressible: bool = True, filename: str = "", **headers: str) -> AnyResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = http_request("GET", "/", headers=named)
    return content_response(
        request, MemoryStore(), body, "text/csv", filename=filename, compressible=compressible
    )


def test_a_body_the_caller_has_is_not_sent_again() -> None:
    etag = str(respond(b"a").headers["ETag"])
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = respond(b"a", if_none_match=known)
        assert (again.status_code, again.body, again.headers["ETag"]) == (304, "", etag)
    assert respond(b"b", if_none_match=etag).status_code == 200


def test_a_large_body_is_compressed_for_a_caller_who_can_read_it() -> None:
    response = respond(LARGE, accept_encoding="gzip, br")
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body_of(response)) == LARGE
    assert response.headers["ETag"] != respond(LARGE).headers["ETag"]


@pytest.mark.parametrize(
    ("body", "compressible", "accepted"),
    [(LARGE, True, ""), (LARGE[:-1], True, "gzip"), (LARGE, False, "gzip")],
)
def test_a_body_is_sent_as_it_is_where_gzip_is_not_worth_it(
    body: bytes, compressible: bool, accepted: str
) -> None:
    response = respond(body, compressible=compressible, accept_encoding=accepted)
    assert "Content-Encoding" not in response.headers
    assert response.body == body


def test_a_filename_makes_a_download() -> None:
    assert respond(b"a", filename="a.fits").headers["Content-Disposition"] == 'attachment; filename="a.fits"'
    assert "Content-Disposition" not in respond(b"a").headers


def test_what_was_made_of_the_callers_own_data_is_kept_by_no_cache() -> None:
    request, body = http_request("POST", "/"), b"a"
    response = content_response(request, MemoryStore(), body, "text/csv", cache_control="no-store")
    assert response.headers["Cache-Control"] == "no-store"
    assert respond(body).headers["Cache-Control"] == CACHE_CONTROL


def test_a_body_too_large_for_a_response_is_fetched_from_s3(bucket: S3Store) -> None:
    body = bytes(MAX_INLINE_BYTES + 1)
    response = content_response(http_request("GET", "/"), bucket, body, "text/csv", filename="a.csv")
    assert (response.status_code, response.body) == (303, "")
    assert fetch(str(response.headers["Location"])) == body


def test_a_body_that_gzip_makes_small_enough_stays_inline(bucket: S3Store) -> None:
    request = http_request("GET", "/", headers={"accept-encoding": "gzip"})
    body = bytes(MAX_INLINE_BYTES + 1)
    response = content_response(request, bucket, body, "text/csv")
    assert response.status_code == 200
    assert gzip.decompress(body_of(response)) == body
