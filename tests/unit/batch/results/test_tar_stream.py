"""The archive: read by tar itself, the same bytes each time, bounded however large."""

from __future__ import annotations

import io
import tarfile
import threading
from pathlib import Path

from skybatch.batch.results import tar_stream


def archive(files: dict[str, bytes]) -> bytes:
    chunks = [tar_stream.folder_entry("box")]
    for name, body in files.items():
        chunks += [tar_stream.file_entry(f"box/{name}", len(body)), body, tar_stream.padding(len(body))]
    whole = b"".join(chunks)
    return whole + tar_stream.end(len(whole))


def test_tar_reads_what_we_write(tmp_path: Path) -> None:
    files = {"empty": b"", "one": b"x", "block": bytes(512), "long" * 40 + ".fits": b"y" * 12345}
    with tarfile.open(fileobj=io.BytesIO(archive(files))) as read:
        members = read.getmembers()
        assert members[0].isdir()
        contents = {m.name.removeprefix("box/"): read.extractfile(m) for m in members[1:]}
        assert {name: content and content.read() for name, content in contents.items()} == files
        assert {(m.uid, m.gid, m.mtime) for m in members} == {(0, 0, tar_stream.MEMBER_TIME)}


def test_length_is_whole_records() -> None:
    assert len(archive({"one": b"x"})) % tarfile.RECORDSIZE == 0


def test_counted_passes_everything_on() -> None:
    counted = tar_stream.CountedStream()
    assert b"".join(counted.through([b"ab", b"", b"c"])) == b"abc"
    assert (counted.bytes, counted.md5) == (3, "900150983cd24fb0d6963f7d28e17f72")


def test_read_ahead_keeps_order_and_bounds() -> None:
    lock = threading.Lock()
    started = consumed = most_ahead = 0

    def read(item: int) -> bytes:
        nonlocal started, most_ahead
        with lock:
            started += 1
            most_ahead = max(most_ahead, started - consumed)
        return bytes([item % 256])

    size = tar_stream.BYTES_IN_FLIGHT // 4
    for n, (item, body) in enumerate(tar_stream.read_ahead(range(100), lambda _: size, read)):
        assert (item, body) == (n, bytes([n % 256]))
        with lock:
            consumed += 1
    assert consumed == 100
    assert most_ahead <= 5


def test_read_ahead_takes_one_object_larger_than_its_bound() -> None:
    huge = tar_stream.BYTES_IN_FLIGHT * 2
    assert [item for item, _ in tar_stream.read_ahead([1, 2], lambda _: huge, lambda _: b"")] == [1, 2]
