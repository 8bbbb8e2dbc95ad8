"""Images that lie side by side on the server come by one request, and each is verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from skybatch.client.images import (
    GAP_BYTES,
    GROUP_BYTES,
    BundleUrls,
    fetch_group,
    fetch_pages,
    group_images,
    iter_finished_pages,
)
from skybatch.client.models import Image
from skybatch.client.transport import Transport
from tests.support.servers.fake_server import FakeServer
from tests.support.servers.fake_server_faults import respond, times
from tests.support.servers.made_batches import BATCH_ID
from tests.unit.client.conftest import IMAGES, QUICK

A = Image("a.fits", 100, 1, None, "j", "0" * 32, "one", 512)


@pytest.fixture
def transport(server: FakeServer) -> Iterator[Transport]:
    server.batches[BATCH_ID].bundled, server.batches[BATCH_ID].page = 7, 20
    transport = Transport(server.url, QUICK)
    yield transport
    transport.close()


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (replace(A, offset=1024), True),
        (replace(A, offset=612 + GAP_BYTES), True),
        (replace(A, offset=613 + GAP_BYTES), False),
        (replace(A, offset=0), False),  # before it
        (replace(A, offset=1024, bundle="two"), False),
        (replace(A, offset=1024, bundle=None), False),
        (replace(A, offset=1024, bytes=GROUP_BYTES), False),
    ],
)
def test_neighbours_in_a_bundle_are_a_group(other: Image, together: bool) -> None:
    assert len(list(group_images([A, other]))) == (1 if together else 2)


def test_images_without_a_place_are_by_themselves() -> None:
    alone = [replace(A, bundle=None), replace(A, bundle=None)]
    assert list(group_images(alone)) == [[each] for each in alone]


def fetched(transport: Transport, folder: Path) -> dict[str, bytes]:
    pages = iter_finished_pages(transport, BATCH_ID)
    return {
        image.file: path.read_bytes() for image, path in fetch_pages(transport, BATCH_ID, pages, folder, 3)
    }


def test_a_bundle_is_one_request(server: FakeServer, transport: Transport, tmp_path: Path) -> None:
    assert fetched(transport, tmp_path) == IMAGES
    ranges = [seen.path for seen in server.asked("/signed/") if "/bundles/" in seen.path]
    assert len(ranges) == 5  # 30 images, 7 a bundle
    singly = server.asked(f"/batches/{BATCH_ID}/images/")
    assert len(singly) == 1  # the first of a page, whose neighbours were on the page before
    links = server.asked(f"/batches/{BATCH_ID}/bundles/")
    assert len({seen.path for seen in links}) == len(links) == 5


def test_what_is_there_is_not_fetched_again(server: FakeServer, transport: Transport, tmp_path: Path) -> None:
    fetched(transport, tmp_path)
    before = len(server.asked("/signed/"))
    assert fetched(transport, tmp_path) == IMAGES
    assert len(server.asked("/signed/")) == before


def test_an_image_whose_bytes_are_wrong_in_its_bundle_is_fetched_by_itself(
    server: FakeServer, transport: Transport, tmp_path: Path
) -> None:
    images = [image for page in iter_finished_pages(transport, BATCH_ID) for image in page][:3]
    moved = replace(images[1], offset=images[1].offset + 1)
    wanted = [images[0], moved, images[2]]
    paths = {image.file: path for image, path in fetch_pages(transport, BATCH_ID, [wanted], tmp_path, 2)}
    assert {name: path.read_bytes() for name, path in paths.items()} == {
        image.file: IMAGES[image.file] for image in images
    }
    assert [seen.path for seen in server.asked("/signed/") if "/images/" in seen.path]


def test_a_range_that_breaks_off_goes_on(server: FakeServer, transport: Transport, tmp_path: Path) -> None:
    images = next(iter_finished_pages(transport, BATCH_ID))[:7]
    server.faults = [times(2, "/signed/", respond(503, b""))]
    counts: list[int] = []
    url = BundleUrls(transport, BATCH_ID).of(images[0].bundle or "")
    assert fetch_group(url, images, tmp_path, counts.append) == {image.file for image in images}
    assert sum(counts) == sum(image.bytes for image in images)
