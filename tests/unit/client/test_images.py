"""Images of a running batch: listed once each, and fetched several at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.client import TransferFailed
from skybatch.client.images import SHORTEST_POLL, fetch_images, iter_finished_images, remote_image
from skybatch.client.models import Image
from skybatch.client.transport import Transport
from tests.support.servers.fake_server import FakeServer, Handler
from tests.support.servers.fake_server_faults import respond, times
from tests.support.servers.made_batches import BATCH_ID
from tests.unit.client.conftest import IMAGES, QUICK


@pytest.fixture
def transport(server: FakeServer) -> Iterator[Transport]:
    transport = Transport(server.url, QUICK)
    yield transport
    transport.close()


def pages(server: FakeServer, *listed: tuple[list[str], str | None]) -> None:
    """Make the server list these images, page by page."""
    remaining = list(listed)

    def page(handler: Handler) -> bool:
        if not handler.path.startswith(f"/batches/{BATCH_ID}/images"):
            return False
        names, cursor = remaining.pop(0)
        entries = [{"file": name, "bytes": 1, "band": "j", "row": 1, "id": None} for name in names]
        handler.answer(200, json.dumps({"images": entries, "next": cursor}).encode(), {})
        return True

    server.faults = [page]


def test_pages_are_followed_by_their_cursor_to_the_end(server: FakeServer, transport: Transport) -> None:
    pages(server, (["a", "b"], "2"), (["c"], "3"), ([], None))
    assert [image.file for image in iter_finished_images(transport, BATCH_ID)] == ["a", "b", "c"]
    assert [path.partition("?")[2] for path in server.paths()] == ["", "after=2", "after=3"]


def test_empty_pages_are_polled_with_growing_pauses(
    server: FakeServer, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(transport, "sleep", pauses.append)
    pages(server, (["a"], "1"), *[([], "1")] * 15, (["b"], "2"), ([], "2"), ([], None))
    assert [image.file for image in iter_finished_images(transport, BATCH_ID)] == ["a", "b"]
    assert pauses[:15] == sorted(pauses[:15])
    assert max(pauses) == 10.0
    assert pauses[15] == pytest.approx(1.5 * SHORTEST_POLL), "pauses begin again after an image"


def test_every_image_is_yielded_with_its_file(
    server: FakeServer, transport: Transport, tmp_path: Path
) -> None:
    images = list(iter_finished_images(transport, BATCH_ID))
    fetched = {image.file: path for image, path in fetch_images(transport, BATCH_ID, images, tmp_path, 3)}
    assert {name: path.read_bytes() for name, path in fetched.items()} == IMAGES


def test_wrong_contents_are_reported_after_all_other_images(
    server: FakeServer, transport: Transport, tmp_path: Path
) -> None:
    images = list(iter_finished_images(transport, BATCH_ID))
    wrong = [Image(images[0].file, images[0].bytes, None, None, "j", md5="0" * 32), *images[1:]]
    fetched: list[str] = []
    with pytest.raises(TransferFailed) as raised:
        fetched += (image.file for image, _ in fetch_images(transport, BATCH_ID, wrong, tmp_path, 3))
    assert raised.value.files == (images[0].file,)
    assert {path.name for path in tmp_path.iterdir()} == {image.file for image in images[1:]}


def test_bytes_are_counted(server: FakeServer, transport: Transport, tmp_path: Path) -> None:
    counts: list[int] = []
    images = list(iter_finished_images(transport, BATCH_ID))
    list(fetch_images(transport, BATCH_ID, images, tmp_path, 3, counts.append))
    assert sum(counts) == sum(map(len, IMAGES.values()))


def test_an_image_is_fetched_by_the_batch_s_own_url() -> None:
    remote = remote_image(BATCH_ID, Image("a.fits", 7, 1, None, "j", md5="0" * 32))
    assert (remote.path, remote.size, remote.md5) == (f"/batches/{BATCH_ID}/images/a.fits", 7, "0" * 32)


def test_a_list_of_another_shape_is_an_error(server: FakeServer, transport: Transport) -> None:
    server.faults = [times(1, "/images", respond(200, b'{"images": [{"file": 3}], "next": null}'))]
    with pytest.raises(Exception, match="image"):
        list(iter_finished_images(transport, BATCH_ID))
