"""Transfers of single files: complete and verified whatever happens to the connection, or not at all."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.client import TransferFailed, Unreachable
from skybatch.client.transfer import (
    SEGMENT_BYTES,
    PresignedUrl,
    RemoteFile,
    fetch_file,
    stream_range,
    stream_segments,
)
from skybatch.client.transport import Transport
from skybatch.errors import NotFound, SkybatchError
from tests.support.servers.fake_server import FakeServer, Handler
from tests.support.servers.fake_server_faults import cut_after, refuse, reset, times
from tests.support.servers.made_batches import BATCH_ID, md5
from tests.unit.client.conftest import IMAGES, QUICK

NAME = list(IMAGES)[-1]
BODY = IMAGES[NAME]
REMOTE = RemoteFile(f"/batches/{BATCH_ID}/images/{NAME}", len(BODY), md5(BODY))


@pytest.fixture
def transport(server: FakeServer) -> Iterator[Transport]:
    transport = Transport(server.url, QUICK)
    yield transport
    transport.close()


def ranges(server: FakeServer) -> list[str]:
    return [seen.headers["range"] for seen in server.asked("/signed/")]


def test_broken_connections_are_resumed_where_they_broke(
    server: FakeServer, transport: Transport, tmp_path: Path
) -> None:
    server.faults = [times(9, "/signed/", cut_after(2000))]
    path = fetch_file(transport, REMOTE, tmp_path / NAME)
    assert path.read_bytes() == BODY
    asked = [int(text.removeprefix("bytes=").split("-")[0]) for text in ranges(server)]
    assert asked == [2000 * n for n in range(10)]
    assert len(server.asked(f"/batches/{BATCH_ID}/images/")) == 1, "the signed URL was asked for once"


def test_an_interrupted_transfer_continues_its_partial_file(
    server: FakeServer, transport: Transport, tmp_path: Path
) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(BODY[:5000])
    assert fetch_file(transport, REMOTE, tmp_path / NAME).read_bytes() == BODY
    assert ranges(server) == [f"bytes=5000-{len(BODY) - 1}"]
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_partial_file_of_other_contents_is_discarded(
    server: FakeServer, transport: Transport, tmp_path: Path
) -> None:
    counted: list[int] = []
    (tmp_path / f"{NAME}.part").write_bytes(b"?" * 5000)
    assert fetch_file(transport, REMOTE, tmp_path / NAME, counted.append).read_bytes() == BODY
    assert sum(counted) == len(BODY)
    assert ranges(server)[-1] == f"bytes=0-{len(BODY) - 1}"


def test_what_is_right_on_disk_is_not_asked_for(
    server: FakeServer, transport: Transport, tmp_path: Path
) -> None:
    (tmp_path / NAME).write_bytes(BODY)
    fetch_file(transport, REMOTE, tmp_path / NAME)
    assert server.seen == []


def test_wrong_bytes_never_take_the_files_name(
    server: FakeServer, transport: Transport, tmp_path: Path
) -> None:
    wrong = RemoteFile(REMOTE.path, REMOTE.size, md5(b"something else"))
    with pytest.raises(TransferFailed) as raised:
        fetch_file(transport, wrong, tmp_path / NAME)
    assert raised.value.files == (NAME,)
    assert list(tmp_path.iterdir()) == []


def test_an_expired_url_is_requested_again(server: FakeServer, transport: Transport) -> None:
    server.faults = [times(1, "/signed/", refuse(403))]
    url = PresignedUrl(transport, REMOTE.path)
    assert b"".join(stream_range(url, 0, len(BODY))) == BODY
    assert len(server.asked(f"/batches/{BATCH_ID}/images/")) == 2


def test_a_server_without_ranges_is_read_past_what_is_there(server: FakeServer, transport: Transport) -> None:
    def whole(handler: Handler) -> None:
        del handler.headers["Range"]
        handler._get()

    server.faults = [times(1, "/signed/", whole)]
    assert b"".join(stream_range(PresignedUrl(transport, REMOTE.path), 5000, 9000)) == BODY[5000:9000]


@pytest.mark.parametrize("fault", [refuse(503), refuse(500), reset], ids=["503", "500", "reset"])
def test_attempts_without_any_byte_end(server: FakeServer, transport: Transport, fault: object) -> None:
    server.faults = [times(99, "/signed/", fault)]  # type: ignore[arg-type]
    with pytest.raises(SkybatchError) as raised:
        list(stream_range(PresignedUrl(transport, REMOTE.path), 0, len(BODY)))
    assert raised.value.retryable
    assert len(ranges(server)) == QUICK.max_attempts


def test_a_missing_file_is_reported_at_once(server: FakeServer, transport: Transport) -> None:
    server.faults = [times(99, "/signed/", refuse(404, "not_found"))]
    with pytest.raises(NotFound, match="told to fail"):
        list(stream_range(PresignedUrl(transport, REMOTE.path), 0, len(BODY)))
    assert len(ranges(server)) == 1


def test_ranges_side_by_side_come_in_order_in_bounded_memory(
    server: FakeServer, transport: Transport
) -> None:
    size = 24 * SEGMENT_BYTES + 12345
    pattern = bytes(range(256)) * (SEGMENT_BYTES // 256)

    def made(handler: Handler) -> bool:
        if "/signed/" not in handler.path:
            return False
        first, last = map(int, handler.headers["Range"].removeprefix("bytes=").split("-"))
        shift = first % 256
        body = (pattern[shift:] + pattern)[: last - first + 1]
        handler.answer(206, body, {})
        return True

    server.faults = [times(5, "/signed/", reset), made]
    tracemalloc.start()
    at = 0
    for chunk in stream_segments(PresignedUrl(transport, REMOTE.path), 0, size, 4):
        shift = at % 256
        assert chunk == (pattern[shift:] + pattern)[: len(chunk)]
        at += len(chunk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert at == size
    # Client and fake server both hold segments here; all of it would be three times as much.
    assert peak < 16 * SEGMENT_BYTES + size / 24


def test_closing_the_client_ends_transfers(server: FakeServer, transport: Transport) -> None:
    server.faults = [times(99, "/signed/", cut_after(1))]
    pieces = stream_range(PresignedUrl(transport, REMOTE.path), 0, len(BODY))
    next(pieces)
    transport.closed.set()
    with pytest.raises(Unreachable):
        list(pieces)
