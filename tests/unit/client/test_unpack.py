"""Unpacking of an archive from chunks of any size, from its start or after any of its members."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from skybatch.client.unpack import ChunkReader, unpack

FILES = {
    "images/empty.fits": b"",
    "images/block.fits": b"b" * 512,
    "images/more.fits": bytes(range(256)) * 40 + b"!",
    f"images/{'long' * 40}.fits": b"of a name that needs a header of its own",
    "rows.tbl": b"| a |\n  1\n",
}
SKIPPED = "images/not wanted.fits"


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


EXPECTED = {name: md5(body) for name, body in FILES.items()}


def archive() -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, body in {SKIPPED: b"s" * 700, **FILES}.items():
            info = tarfile.TarInfo(f"skybatch-0123/{name}")
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return whole.getvalue()


def chunks(whole: bytes, size: int) -> Iterator[bytes]:
    return (whole[start : start + size] for start in range(0, len(whole), size))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    return tmp_path


@pytest.mark.parametrize("size", [1, 7, 511, 512, 513, 4096, 1 << 20])
def test_chunks_of_any_size_give_the_same_files(size: int, folder: Path) -> None:
    members = list(unpack(chunks(archive(), size), 0, folder, EXPECTED))
    assert [member.name for member in members if member.verified] == list(FILES)
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES
    assert not (folder / SKIPPED).exists()
    assert not list(folder.rglob("*.part"))


def test_every_member_s_end_is_where_the_next_begins(folder: Path) -> None:
    whole = archive()
    members = list(unpack(chunks(whole, 1000), 0, folder, EXPECTED))
    for place, member in enumerate(members[:-1], 1):
        rest = list(unpack(chunks(whole[member.end_offset :], 1000), member.end_offset, folder, EXPECTED))
        assert rest == members[place:]


def test_a_file_of_another_md5_is_not_kept(folder: Path) -> None:
    wrong = EXPECTED | {"rows.tbl": md5(b"something else")}
    members = list(unpack(chunks(archive(), 1000), 0, folder, wrong))
    assert [member.name for member in members if not member.verified] == ["rows.tbl"]
    assert not (folder / "rows.tbl").exists()
    assert not list(folder.rglob("*.part"))


@pytest.mark.parametrize("short", [100, 600, 2000, 5000])
def test_an_archive_that_breaks_off_gives_no_broken_file(short: int, folder: Path) -> None:
    came = []
    with suppress(tarfile.TarError):  # or it ends, as where only whole members are there
        for member in unpack(chunks(archive()[:short], 100), 0, folder, EXPECTED):
            came.append(member.name)
    assert len(came) < len(FILES)
    there = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.fits")}
    assert there == {name: FILES[name] for name in came}


def test_a_stream_that_is_no_archive_is_an_error(folder: Path) -> None:
    with pytest.raises(tarfile.TarError):
        list(unpack(chunks(b"<html>" * 500, 100), 0, folder, EXPECTED))


def test_chunks_are_read_forward_only() -> None:
    source = ChunkReader(iter([b"abc", b"", b"never reached"]))
    assert (source.read(2), source.tell(), source.seek(3), source.read(5)) == (b"ab", 2, 3, b"")
    with pytest.raises(tarfile.StreamError):
        source.seek(1)
