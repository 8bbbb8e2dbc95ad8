"""A presigned URL gives one object for one method and an hour."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import boto3
import obstore
import pytest
from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from obstore.store import S3Store

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


@pytest.mark.parametrize(
    ("media_type", "shown"),
    [("application/x-gzip", "attachment"), ("text/csv; charset=utf-8", "inline")],
)
def test_a_url_carries_a_name_and_a_media_type(s3: str, media_type: str, shown: str) -> None:
    bucket = connect("archive", Connection(s3, KEYS))  # type: ignore[arg-type]
    obstore.put(bucket, "folder/object", b"content")
    with urlopen(presigned_url(bucket, "folder/object", filename="a.x", media_type=media_type)) as answer:
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Content-Disposition"] == f'{shown}; filename="a.x"'
        assert answer.read() == b"content"


@pytest.mark.parametrize("where", ["store", "provider", "environment"])
def test_its_signature_is_the_one_of_boto3(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"access_key_id": "id", "secret_access_key": "secret", "token": "to/ken="}
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(variable, "another")
    options: dict[str, Any] = {"region": "us-west-2"}
    if where == "store":
        options |= {**keys, "session_token": keys["token"]}
        del options["token"]
    elif where == "provider":
        options["credential_provider"] = lambda: keys | {"expires_at": None}
    else:
        keys = dict.fromkeys(keys, "another")
    ours = presigned_url(S3Store("bucket", **options), "a/b c.fits.gz", filename="b.gz", media_type="x/y")
    _have_botocore_sign_when(ours, monkeypatch)
    theirs = _boto3_url(keys, "a/b c.fits.gz", "b.gz", "x/y")
    assert urlsplit(ours)[:3] == urlsplit(theirs)[:3]
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)


def _have_botocore_sign_when(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have botocore sign in the second in which a URL was signed."""
    (said,) = parse_qs(urlsplit(url).query)["X-Amz-Date"]
    moment = datetime.strptime(said, SIGV4_TIMESTAMP)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment)


def _boto3_url(keys: dict[str, str], key: str, filename: str, media_type: str) -> str:
    client = boto3.client(
        "s3",
        region_name="us-west-2",
        aws_access_key_id=keys["access_key_id"],
        aws_secret_access_key=keys["secret_access_key"],
        aws_session_token=keys["token"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    parameters = {
        "Bucket": "bucket",
        "Key": key,
        "ResponseContentDisposition": f'attachment; filename="{filename}"',
        "ResponseContentType": media_type,
    }
    return str(client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=3600))


@pytest.mark.parametrize("filename", ["", "b.gz"])
def test_a_url_of_a_bucket_whose_requester_pays_says_who_does(
    filename: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the S3 manual has it ("Downloading objects from Requester Pays buckets"), signed as by botocore."""
    store = S3Store(
        "bucket", region="us-west-2", request_payer=True, access_key_id="id", secret_access_key="secret"
    )
    ours = presigned_url(store, "a/b.fits.gz", filename=filename)
    said = parse_qs(urlsplit(ours).query)
    assert said["x-amz-request-payer"] == ["requester"]
    named = {name: said[name][0] for name in said if not name.startswith("X-Amz-")}
    _have_botocore_sign_when(ours, monkeypatch)
    request = AWSRequest("GET", f"{ours.partition('?')[0]}?{urlencode(named)}")
    S3SigV4QueryAuth(Credentials("id", "secret"), "s3", "us-west-2", 3600).add_auth(request)
    assert parse_qs(urlsplit(str(request.url)).query) == said
