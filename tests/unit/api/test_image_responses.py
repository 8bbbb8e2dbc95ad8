"""Stored images as responses."""

from __future__ import annotations

import gzip
from urllib.request import Request, urlopen

import obstore
import pytest
from obstore.store import MemoryStore, S3Store

from skybatch.api.image_responses import fits_response, gzipped_file_response, stored_file_response
from skybatch.api.large_responses import MAX_INLINE_BYTES
from skybatch.errors import NotFound, SourceDamaged
from tests.support.servers.http import body_of, http_request, make_dependencies
from tests.support.survey.sample_archive import MadeArchive

KEY = "twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_stored_file_is_a_redirect_presigned_for_the_callers_method(
    sample: MadeArchive, bucket: S3Store, method: str
) -> None:
    stored = bytes(obstore.get(sample.objects, KEY).bytes())
    obstore.put(bucket, KEY, stored)
    response = stored_file_response(http_request(method, "/"), make_dependencies(archive=bucket), KEY)
    assert response.status_code == 302
    with urlopen(Request(str(response.headers["Location"]), method=method)) as answer:
        assert answer.read() == (stored if method == "GET" else b"")
        if method == "GET":  # the server of the tests answers HEAD without what the URL asks for
            assert answer.headers["Content-Type"] == "application/x-gzip"
            assert answer.headers["Content-Disposition"] == 'attachment; filename="ji0010009.fits.gz"'


@pytest.mark.parametrize("named_gzip", [True, False])
def test_a_file_whose_content_is_not_what_its_name_says_is_made_anew(
    sample: MadeArchive, bucket: S3Store, named_gzip: bool
) -> None:
    plain = sample.plain[KEY]
    key = KEY if named_gzip else KEY.removesuffix(".gz")
    obstore.put(bucket, key, plain if named_gzip else gzip.compress(plain))
    dependencies = make_dependencies(archive=bucket, results=bucket)
    response = stored_file_response(http_request("GET", "/"), dependencies, key)
    assert str(response.headers["Content-Disposition"]).endswith(f'"{key.rsplit("/", 1)[1]}"')
    body = body_of(response)
    assert (gzip.decompress(body) if named_gzip else body) == plain


def test_an_empty_file_is_damaged_not_delivered(bucket: S3Store) -> None:
    obstore.put(bucket, KEY, b"")
    with pytest.raises(SourceDamaged):
        stored_file_response(http_request("GET", "/"), make_dependencies(archive=bucket), KEY)


def test_an_image_that_the_archive_does_not_hold_is_not_found() -> None:
    with pytest.raises(NotFound):
        stored_file_response(http_request("GET", "/"), make_dependencies(), KEY)


@pytest.mark.parametrize(
    ("compressed", "media_type", "name"),
    [(False, "image/fits", "ji0010009.fits"), (True, "application/x-gzip", "ji0010009.fits.gz")],
)
def test_a_fits_file_has_the_name_of_its_image(compressed: bool, media_type: str, name: str) -> None:
    response = fits_response(
        http_request("GET", "/"), make_dependencies(), b"SIMPLE", KEY, compressed=compressed
    )
    assert response.content_type == media_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (gzip.decompress(body_of(response)) if compressed else body_of(response)) == b"SIMPLE"


def test_a_quicklooks_file_says_what_it_is() -> None:
    key = KEY.replace("/image/", "/quicklook/").replace(".fits.gz", ".fits.H")
    response = fits_response(http_request("GET", "/"), make_dependencies(), b"SIMPLE", key, compressed=True)
    assert response.headers["Content-Disposition"] == 'attachment; filename="ji0010009_ql.fits.gz"'


@pytest.mark.parametrize("suffix", [".fits.gz", ".fits"])
def test_the_file_itself_is_gzipped_whatever_is_stored(sample: MadeArchive, suffix: str) -> None:
    archive, key = MemoryStore(), KEY.replace(".fits.gz", suffix)
    obstore.put(archive, key, sample.plain[KEY] if suffix == ".fits" else gzip.compress(sample.plain[KEY]))
    response = gzipped_file_response(http_request("GET", "/"), make_dependencies(archive=archive), key)
    assert (response.status_code, response.content_type) == (200, "application/x-gzip")
    assert gzip.decompress(body_of(response)) == sample.plain[KEY]


def test_a_file_that_no_response_can_carry_is_a_redirect(bucket: S3Store) -> None:
    obstore.put(bucket, KEY, b"\x1f\x8b" + bytes(MAX_INLINE_BYTES))
    response = gzipped_file_response(http_request("GET", "/"), make_dependencies(archive=bucket), KEY)
    assert response.status_code == 302


def test_the_file_of_an_image_that_the_archive_does_not_hold_is_not_found() -> None:
    with pytest.raises(NotFound):
        gzipped_file_response(http_request("GET", "/"), make_dependencies(), KEY)
