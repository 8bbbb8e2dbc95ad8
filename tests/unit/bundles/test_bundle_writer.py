"""Writing a bundle: a fragment of a tar file, previews and an index, in pieces."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zlib

from skybatch.bundles.bundle_format import FOOTER, FailedTask, decode_footer, decode_index
from skybatch.bundles.bundle_writer import BundleWriter
from skybatch.bundles.tar_members import end

FILES = {3: b"a" * 700, 5: b"", 9: b"b" * 1024}
PREVIEWS = {3: b"png of 3", 9: b"png of 9, longer"}


def written() -> BundleWriter:
    writer = BundleWriter()
    for number, body in FILES.items():
        writer.add_file(number, f"box/images/{number}.fits", body, PREVIEWS.get(number))
    writer.add_failure(4, "source_damaged", "the gzip data break off")
    return writer


def test_the_fragment_is_a_tar_but_for_its_end() -> None:
    writer = written()
    whole = b"".join(writer.pieces())
    fragment = whole[: writer.size]
    with tarfile.open(fileobj=io.BytesIO(fragment + end(len(fragment)))) as tar:
        bodies = [(tar.extractfile(info) or io.BytesIO()).read() for info in tar]
    assert bodies == list(FILES.values())


def test_the_index_says_where_everything_lies() -> None:
    whole = b"".join(written().pieces())
    footer = decode_footer(whole, len(whole))
    index = decode_index(whole[-footer.index_bytes - FOOTER.size : -FOOTER.size], footer)
    assert index == written().index()
    assert index.failures == (FailedTask(4, "source_damaged", "the gzip data break off"),)
    for member in index.members:
        body = whole[member.offset : member.offset + member.length]
        assert body == FILES[member.number]
        assert member.md5 == hashlib.md5(body).hexdigest()
        assert member.crc32 == zlib.crc32(whole[member.start : member.end])
        if member.preview:
            start, length = member.preview
            assert whole[start : start + length] == PREVIEWS[member.number]
    assert [bool(member.preview) for member in index.members] == [True, False, True]


def test_nothing_is_an_empty_bundle() -> None:
    assert BundleWriter().is_empty
    assert not written().is_empty
