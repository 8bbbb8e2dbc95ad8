"""Joining files: by the kernel where it can, by reading and writing where not."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from skybatch.bundles.directory_assembler import CANNOT_COPY, DirectoryAssembler, copy_range
from skybatch.bundles.spans import Span
from skybatch.errors import Transient


def refuse_copies(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Have the kernel answer a copy with an error."""

    def refused(*_: object, **__: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "copy_file_range", refused, raising=False)


@pytest.mark.parametrize("refusal", [None, *sorted(CANNOT_COPY)])
def test_a_range_is_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int | None) -> None:
    if refusal is not None:
        refuse_copies(monkeypatch, refusal)
    body = os.urandom(3_000_000)
    (tmp_path / "a").write_bytes(body)
    with (tmp_path / "a").open("rb") as source, (tmp_path / "b").open("wb") as target:
        target.write(b"before")
        copy_range(source, target, 1000, 2_500_000)
        target.write(b"after")
    assert (tmp_path / "b").read_bytes() == b"before" + body[1000:2_501_000] + b"after"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG])
def test_what_fails_is_told_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    refuse_copies(monkeypatch, code)
    (tmp_path / "a").write_bytes(b"of ten bytes")
    with pytest.raises(OSError, match=os.strerror(code)) as raised:
        DirectoryAssembler(tmp_path, str).assemble("out", [Span("a", "", 0, 10)], lambda: [], "")
    assert raised.value.errno == code
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_file_that_ends_early_is_not_joined(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"short")
    with pytest.raises(Transient):
        DirectoryAssembler(tmp_path, str).assemble("out", [Span("a", "", 0, 10)], lambda: [], "")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
