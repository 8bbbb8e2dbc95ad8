"""Joining: each form writes the same object, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore

from skybatch.bundles.assembler import Assembler, StoreAssembler
from skybatch.bundles.directory_assembler import DirectoryAssembler
from skybatch.bundles.s3_assembler import S3Assembler
from skybatch.bundles.spans import Span
from skybatch.errors import Transient
from tests.support.aws.fake_s3 import BUCKET, FakeS3

MIB = 1024 * 1024
KEY, TAR = "results/images.tar", "application/x-tar"
FORMS = ["memory", "directory", "s3"]
LENGTHS = {"a": 6 * MIB, "b": 700, "c": 7 * MIB + 512, "d": 3 * MIB, "e": 2 * MIB}


def key_of(name: str) -> str:
    return f"bundles/{name}"


@pytest.fixture(params=FORMS)
def joined(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, Assembler]:
    if request.param == "memory":
        memory = MemoryStore()
        return memory, StoreAssembler(memory, key_of)
    if request.param == "directory":
        return LocalStore(tmp_path), DirectoryAssembler(tmp_path, key_of)
    s3: FakeS3 = request.getfixturevalue("s3")
    bucket = s3.store()
    return bucket, S3Assembler(bucket, key_of, s3.client, BUCKET)


def put_bundles(objects: Any) -> dict[str, tuple[str, bytes]]:
    """Entity tag and contents of some bundles, each a little longer than what is copied of it."""
    bodies = {name: (name.encode() * (length + 2000)) for name, length in LENGTHS.items()}
    return {
        name: (obstore.put(objects, key_of(name), body)["e_tag"] or "", body) for name, body in bodies.items()
    }


def spans_of(bundles: dict[str, tuple[str, bytes]]) -> list[Span]:
    whole = [Span(name, bundles[name][0], 0, length) for name, length in LENGTHS.items()]
    return [*whole, Span("a", bundles["a"][0], 1024, 2048)]


def expected(bundles: dict[str, tuple[str, bytes]], spans: Sequence[Span], tail: bytes) -> bytes:
    return b"".join(bundles[each.bundle][1][each.start : each.stop] for each in spans) + tail


def read(objects: Any, key: str = KEY) -> bytes:
    return bytes(obstore.get(objects, key).bytes())


@pytest.mark.parametrize("tail", [[], [b"the end"], [b"x" * MIB] * 40], ids=["none", "short", "long"])
@pytest.mark.parametrize("count", [0, 2, 6])
def test_spans_and_tail_become_one_object(
    joined: tuple[Any, Assembler], count: int, tail: list[bytes]
) -> None:
    objects, assembler = joined
    bundles = put_bundles(objects)
    spans = spans_of(bundles)[:count]
    for _ in range(2):
        found = assembler.assemble(KEY, spans, lambda: iter(tail), TAR)
        body = expected(bundles, spans, b"".join(tail))
        assert found.bytes == len(body)
        assert read(objects) == body


def test_a_bundle_that_was_replaced_is_not_taken(joined: tuple[Any, Assembler]) -> None:
    objects, assembler = joined
    spans = spans_of(put_bundles(objects))
    obstore.put(objects, key_of("c"), b"other" * 100)
    with pytest.raises(Transient):
        assembler.assemble(KEY, spans, lambda: [b"end"], TAR)
    with pytest.raises(FileNotFoundError):
        read(objects)


def test_a_tail_that_cannot_be_made_leaves_nothing(joined: tuple[Any, Assembler]) -> None:
    objects, assembler = joined
    spans = spans_of(put_bundles(objects))

    def broken() -> Iterator[bytes]:
        yield b"begun"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        assembler.assemble(KEY, spans, broken, TAR)
    with pytest.raises(FileNotFoundError):
        read(objects)
    listed = [entry["path"] for page in obstore.list(objects) for entry in page]
    assert sorted(listed) == sorted(key_of(name) for name in LENGTHS)
