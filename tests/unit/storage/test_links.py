"""A presigned URL gives one object for one method and an hour."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import obstore
import pytest

from skybatch.storage.links import presigned_url
from skybatch.storage.s3 import Connection, connect

KEYS = {"region": "us-east-1", "access_key_id": "test", "secret_access_key": "test"}


def test_a_url_gives_the_object_without_credentials(s3: str) -> None:
    bucket = connect("archive", Connection(s3, KEYS))  # type: ignore[arg-type]
    obstore.put(bucket, "folder/object", b"content")
    url = presigned_url(bucket, "folder/object")
    with urlopen(url) as answer:
        assert answer.read() == b"content"
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["3600"]


def test_a_url_of_an_absent_object_answers_404(s3: str) -> None:
    bucket = connect("archive", Connection(s3, KEYS))  # type: ignore[arg-type]
    request = Request(presigned_url(bucket, "absent", "HEAD"), method="HEAD")
    with pytest.raises(HTTPError) as refused:
        urlopen(request)
    assert refused.value.code == 404
