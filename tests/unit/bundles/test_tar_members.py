"""Members of a tar file: what tarfile and tar read, whatever the name and the size."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile

import pytest

from skybatch.bundles.tar_members import BLOCK_BYTES, MEMBER_TIME, end, file_entry, padding

FILES = {
    "box/images/a.fits": b"",
    "box/images/b.fits": b"x" * 511,
    "box/images/c.fits": b"y" * 512,
    "box/images/" + "n" * 180 + ".fits": b"z" * 5000,
}


def tar_of(files: dict[str, bytes]) -> bytes:
    whole = b"".join(file_entry(name, len(body)) + body + padding(len(body)) for name, body in files.items())
    return whole + end(len(whole))


def test_tarfile_reads_what_is_written() -> None:
    with tarfile.open(fileobj=io.BytesIO(tar_of(FILES))) as read:
        members = {info.name: (read.extractfile(info) or io.BytesIO()).read() for info in read}
        facts = {(info.mtime, info.mode, info.uid, info.gid) for info in read.getmembers()}
    assert members == FILES
    assert facts == {(MEMBER_TIME, 0o644, 0, 0)}


@pytest.mark.skipif(not shutil.which("tar"), reason="no tar here")
def test_tar_lists_it_without_a_complaint() -> None:
    listed = subprocess.run(["tar", "-tf", "-"], input=tar_of(FILES), capture_output=True, check=True)
    assert listed.stdout.decode().split() == list(FILES)
    assert not listed.stderr


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 9_999_999_999])
def test_a_header_is_whole_blocks_and_depends_on_name_and_size_alone(size: int) -> None:
    header = file_entry("box/images/a.fits", size)
    assert header == file_entry("box/images/a.fits", size)
    assert len(header) % BLOCK_BYTES == 0
    assert (size + len(padding(size))) % BLOCK_BYTES == 0


def test_an_archive_is_whole_records() -> None:
    assert {(n + len(end(n))) % tarfile.RECORDSIZE for n in range(0, 30 * BLOCK_BYTES, BLOCK_BYTES)} == {0}
