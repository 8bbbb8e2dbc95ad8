"""A batch that ended before bundles: all that its readers had is served until it expires.

``ended_before_bundles.tar.gz`` is the results bucket as the last version with an object an image left it:
four positions in J and H over the made archive, of which three crops came, one stored image was damaged, one
position has no image, and the rest was beyond the limit.
"""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

import pytest
from obstore.store import S3Store

from skybatch.batch.codes import ImageStatus
from skybatch.batch.outcomes import load_outcomes
from skybatch.batch.store import BatchStore
from tests.support.aws.s3 import fetch
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import images_of
from tests.support.batches.openapi import violations
from tests.support.html import Page
from tests.support.servers.http import HttpClient, make_dependencies
from tests.support.survey.sample_archive import MadeArchive

STORED = Path(__file__).parents[3] / "support" / "batches" / "ended_before_bundles.tar.gz"
BATCH = "/batches/ae1dcc9a7df8504bd659a5a4d3be9192"
NOW = 2000.0


@pytest.fixture(scope="module")
def sample() -> MadeArchive:
    return MadeArchive()


@pytest.fixture
def objects(bucket: S3Store) -> BatchStore:
    with tarfile.open(STORED) as stored:
        for member in stored:
            read = stored.extractfile(member)
            assert read is not None
            bucket.put(member.name, read.read())
    return BatchStore(bucket, BATCH.rpartition("/")[2])


@pytest.fixture
def client(objects: BatchStore, sample: MadeArchive) -> HttpClient:
    dependencies = make_dependencies(
        results=objects.objects, archive=sample.objects, open_inventory=sample.open, clock=lambda: NOW
    )
    tables = [table for name in ("portal", "planner") for table in load_function(name).ROUTES]
    return HttpClient(dependencies, *tables)


def archived(objects: BatchStore) -> dict[str, bytes]:
    images = images_of(objects.read("results/images.tar") or b"")
    assert len(images) == 3
    return images


def test_status_and_page_tell_the_same_accounts(client: HttpClient) -> None:
    status = client.get(BATCH).json()
    assert violations(status, "BatchStatus") == []
    assert (status["state"], status["asked"]["bands"]) == ("complete", ["j", "h"])
    rows = {outcome: count for outcome, count in status["rows"].items() if count}
    assert rows == {"total": 4, "retrieved": 1, "partial": 1, "over_limit": 1, "not_covered": 1}
    assert status["images"].items() >= {"retrieved": 3, "over_limit": 2, "failed": 1}.items()
    page = client.get(f"{BATCH}/results")
    assert (page.status, Page(page.body.decode()).unclosed) == (200, [])


def test_images_are_listed_and_downloaded_as_they_lie_in_the_archive(
    client: HttpClient, objects: BatchStore
) -> None:
    body = client.get(f"{BATCH}/images").json()
    assert violations(body, "ImagePage") == []
    assert (len(body["images"]), body["next"]) == (3, None)
    images = archived(objects)
    for image in body["images"]:
        answer = client.call("GET", f"{BATCH}/images/{image['file']}")
        assert answer.status == 302
        assert fetch(answer.headers["location"]) == images[image["file"]]
        head = client.call("HEAD", f"{BATCH}/images/{image['file']}")
        assert (head.status, head.headers["content-length"]) == (200, str(image["bytes"]))
        assert image.get("bundle") is None


def test_previews_are_drawn_of_the_images(client: HttpClient, objects: BatchStore) -> None:
    for image in client.get(f"{BATCH}/images").json()["images"]:
        answer = client.get(image["preview"].partition("sky.example")[2])
        assert (answer.status, answer.media_type) == (200, "image/png")


def test_every_file_of_the_results_is_there(client: HttpClient) -> None:
    for entry in client.get(BATCH).json()["files"]:
        answer = client.call("GET", f"{BATCH}/files/{entry['name']}")
        assert answer.status == 302
        content = fetch(answer.headers["location"])
        assert len(content) == entry["bytes"]
        assert hashlib.md5(content).hexdigest() == entry["md5"]


def test_outcomes_have_no_places(objects: BatchStore) -> None:
    outcomes = load_outcomes(objects) or []
    assert [each.place for each in outcomes] == [None] * 6
    assert sum(each.status is ImageStatus.RETRIEVED for each in outcomes) == 3


@pytest.mark.parametrize(("what", "rows"), [("unretrieved", 2), ("failed", 1)])
def test_what_it_left_is_submitted_again(client: HttpClient, what: str, rows: int) -> None:
    answer = client.post_json(f"{BATCH}/resubmit", {"what": what})
    assert (answer.status, violations(answer.json(), "SubmittedBatch")) == (202, [])
    status = client.get(f"/batches/{answer.json()['batch_id']}").json()
    assert status["asked"]["rows"] == rows


def test_it_cannot_be_cancelled_and_its_time_ends(
    client: HttpClient, objects: BatchStore, sample: MadeArchive
) -> None:
    assert client.post(f"{BATCH}/cancel").status == 409
    later = make_dependencies(results=objects.objects, clock=lambda: 1000.0 + 15 * 86400)
    gone = HttpClient(later, *load_function("portal").ROUTES)
    for path in ("", "/results", "/images", "/files/images.tar"):
        assert gone.get(BATCH + path).status == 410
