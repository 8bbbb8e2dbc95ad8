"""``/batches/{id}``: status, images, page, previews and downloads of a batch that was run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from obstore.store import S3Store

from skybatch.api.routes import batches as routes
from skybatch.batch.store import BatchStore
from tests.support.aws.s3 import fetch
from tests.support.batches.in_process_service import Service, images_of
from tests.support.batches.openapi import violations
from tests.support.html import Page
from tests.support.servers.http import HttpClient, make_dependencies
from tests.support.survey.sample_archive import MadeArchive
from tests.unit.api.conftest import CENTER

FIELDS = {"mode": "region", "center": f"{CENTER[0]} {CENTER[1]}", "diameter": 0.1, "form": "fits"}


@pytest.fixture
def finished(service: Service) -> str:
    accepted = service.submit(**FIELDS)
    assert service.run(accepted).state == "complete"
    return accepted.record.batch_id


def test_the_status_conforms_and_is_never_cached(
    batches: HttpClient, service: Service, finished: str
) -> None:
    running = service.submit(**FIELDS).record.batch_id
    for batch_id, state in ((running, "accepted"), (finished, "complete")):
        answer = batches.get(f"/batches/{batch_id}")
        assert (answer.status, violations(answer.json(), "BatchStatus")) == (200, [])
        assert answer.json()["state"] == state
        assert answer.headers["cache-control"] == "no-store"


def test_the_images_that_finished_are_listed_with_links(batches: HttpClient, finished: str) -> None:
    body = batches.get(f"/batches/{finished}/images").json()
    assert violations(body, "ImagePage") == []
    assert {image["band"] for image in body["images"]} == {"j", "h", "k"}
    assert body["next"] is None


def test_a_cursor_goes_on_where_the_page_before_ended(batches: HttpClient, finished: str) -> None:
    everything = batches.get(f"/batches/{finished}/images").json()["images"]
    rest = batches.get(f"/batches/{finished}/images?after=0-1").json()["images"]
    assert rest == everything[1:]
    assert batches.get(f"/batches/{finished}/images?after=x").json()["code"] == "invalid"


def test_the_page_of_a_batch_is_html_while_it_runs_and_after(
    batches: HttpClient, service: Service, finished: str
) -> None:
    for batch_id in (finished, service.submit(**FIELDS).record.batch_id):
        answer = batches.get(f"/batches/{batch_id}/results")
        assert (answer.status, answer.media_type) == (200, "text/html")
        assert Page(answer.body.decode()).unclosed == []


def test_a_preview_is_a_png(batches: HttpClient, finished: str) -> None:
    image = batches.get(f"/batches/{finished}/images").json()["images"][0]
    answer = batches.get(image["preview"].partition("sky.example")[2])
    assert (answer.status, answer.media_type) == (200, "image/png")
    assert answer.body.startswith(b"\x89PNG")


FOLDERS = [("files", "results"), ("images", "images"), ("bundles", "bundles")]


@pytest.mark.parametrize(("folder", "stored"), FOLDERS)
def test_a_download_is_a_presigned_redirect_and_head_tells_its_facts(
    service: Service, finished: str, bucket: S3Store, folder: str, stored: str
) -> None:
    copy, original = BatchStore(bucket, finished), service.store(finished)
    for name in ("batch.json", "request.json"):
        copy.write(name, original.read(name) or b"{}")
    copy.write(f"{stored}/a.fits", b"content", "image/fits")
    client = HttpClient(make_dependencies(results=bucket, clock=lambda: 1200.0), routes.routes)
    answer = client.call("GET", f"/batches/{finished}/{folder}/a.fits")
    assert (answer.status, answer.headers["cache-control"]) == (302, "no-store")
    assert fetch(answer.headers["location"], "GET") == b"content"
    head = client.call("HEAD", f"/batches/{finished}/{folder}/a.fits")
    assert (head.status, head.body, head.media_type) == (200, b"", "image/fits")
    assert head.headers["content-length"] == str(len(b"content"))
    assert head.headers["etag"] == f'"{hashlib.md5(b"content").hexdigest()}"'


@pytest.fixture
def on_s3(bucket: S3Store, sample: MadeArchive) -> tuple[Service, str, HttpClient]:
    """A batch that was run on a server of S3, and who asks for it."""
    service = Service(sample, objects=bucket)
    accepted = service.submit(**FIELDS)
    assert service.run(accepted).state == "complete"
    client = HttpClient(make_dependencies(results=bucket, clock=lambda: 1200.0), routes.routes)
    return service, accepted.record.batch_id, client


def test_a_single_image_has_the_bytes_that_the_archive_has(on_s3: tuple[Service, str, HttpClient]) -> None:
    service, batch_id, client = on_s3
    images = images_of(service.store(batch_id).read("results/images.tar") or b"")
    assert images
    for file, body in images.items():
        answer = client.call("GET", f"/batches/{batch_id}/images/{file}")
        assert (answer.status, answer.headers["cache-control"]) == (302, "no-store")
        assert fetch(answer.headers["location"]) == body
        head = client.call("HEAD", f"/batches/{batch_id}/images/{file}")
        assert (head.status, head.media_type) == (200, "image/fits")
        assert head.headers["content-length"] == str(len(body))
        assert head.headers["etag"] == f'"{hashlib.md5(body).hexdigest()}"'


def test_a_bundle_has_each_image_where_the_list_says(on_s3: tuple[Service, str, HttpClient]) -> None:
    _, batch_id, client = on_s3
    listed = client.get(f"/batches/{batch_id}/images").json()["images"]
    bundles = {image["bundle"] for image in listed}
    assert bundles
    bodies = {}
    for name in bundles:
        answer = client.call("GET", f"/batches/{batch_id}/bundles/{name}")
        assert answer.status == 302
        bodies[name] = fetch(answer.headers["location"])
    for image in listed:
        body = bodies[image["bundle"]][image["offset"] : image["offset"] + image["bytes"]]
        assert hashlib.md5(body).hexdigest() == image["md5"]


def test_an_image_of_a_batch_that_kept_it_by_itself_is_found_where_it_was(
    service: Service, finished: str, bucket: S3Store
) -> None:
    """Batches that ended before there were bundles."""
    copy, original = BatchStore(bucket, finished), service.store(finished)
    for name in ("batch.json", "request.json", "plan.jsonl"):
        copy.write(name, original.read(name) or b"{}")
    entry = {
        "n": 0,
        "file": "a.fits",
        "bytes": 7,
        "row": None,
        "id": None,
        "band": "j",
        "image_type": "atlas",
    }
    copy.write("journal/0.jsonl", json.dumps(entry).encode() + b"\n")
    copy.write("images/a.fits", b"content", "image/fits")
    client = HttpClient(make_dependencies(results=bucket, clock=lambda: 1200.0), routes.routes)
    (image,) = client.get(f"/batches/{finished}/images").json()["images"]
    assert (image["bundle"], image["offset"], image["md5"]) == (None, None, None)
    answer = client.call("GET", f"/batches/{finished}/images/a.fits")
    assert fetch(answer.headers["location"]) == b"content"


def test_head_of_a_file_that_is_not_there_is_not_found(batches: HttpClient, finished: str) -> None:
    assert batches.call("HEAD", f"/batches/{finished}/files/nothing.tbl").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "files/nothing.tbl",
        "files/..%2Fbatch.json",
        "images/nothing.fits",
        "bundles/nothing",
        "bundles/..%2Fbatch.json",
        "previews/nothing.png",
        "previews/..%2Fbatch.json",
        "journal/0.jsonl",
        "results/rows.tbl",
    ],
)
def test_only_files_images_and_previews_of_a_batch_are_found(
    batches: HttpClient, finished: str, path: str
) -> None:
    assert batches.get(f"/batches/{finished}/{path}").status == 404


@pytest.mark.parametrize("path", ["", "/images", "/results", "/files/rows.tbl", "/previews/a.png"])
@pytest.mark.parametrize("batch_id", ["0" * 32, "not-an-id"])
def test_an_unknown_batch_is_not_found(batches: HttpClient, batch_id: str, path: str) -> None:
    assert batches.get(f"/batches/{batch_id}{path}").status == 404


@pytest.mark.parametrize("path", ["", "/images", "/results", "/files/rows.tbl", "/previews/a.png"])
def test_an_expired_batch_is_gone(batches: HttpClient, finished: str, path: str) -> None:
    late = HttpClient(replace(batches.dependencies, clock=lambda: 10.0**10), routes.routes)
    answer = late.get(f"/batches/{finished}{path}")
    assert (answer.status, answer.json()["code"]) == (410, "expired")
