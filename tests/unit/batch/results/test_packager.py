"""The files beside the images: complete, linked, the same each time, and good to be sent back."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import obstore
import pytest

from skybatch.batch import keys
from skybatch.batch.store import BatchStore
from skybatch.bundles.assembler import Assembled, Assembler, MakeTail
from skybatch.bundles.spans import Span
from skybatch.errors import Transient
from skybatch.workflow.steps import store_assembler
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import POSITIONS_WITH_BEST, MadeArchive


def test_identical_batches_are_identical_but_for_what_they_are_called(archive: MadeArchive) -> None:
    """Two batches of one request differ in their id, which stands in their links (and in their times)."""
    service = Service(archive)
    tars = []
    for _ in range(2):
        accepted = service.submit(mode="positions", table=POSITIONS_WITH_BEST, label="the same")
        service.run(accepted)
        batch_id = accepted.record.batch_id.encode()
        tar = service.file(accepted, "images.tar")
        assert tar.count(batch_id) > 10
        tars.append(tar)
        same = tar.replace(batch_id, b"*" * 32).replace(batch_id[:12], b"*" * 12)
        tars[-1] = same
    # A header's checksum sums the folder's name; a manifest's and md5sums' sums those of the tables.
    first, second = (_contents(tar) for tar in tars)
    assert list(first) == list(second)
    summed = {"manifest.json", "md5sums.txt", "download.sh"}
    assert {name for name in first if first[name] != second[name]} <= summed
    assert len(tars[0]) == len(tars[1])


@dataclass
class SummingAssembler:
    """Joins as a store with checksums of its own does; ``flipped`` is a byte that it stores wrongly."""

    store: BatchStore
    flipped: int | None = None

    def assemble(self, key: str, spans: Sequence[Span], make_tail: MakeTail, media_type: str) -> Assembled:
        made = store_assembler(self.store).assemble(key, spans, make_tail, media_type)
        body = bytearray(obstore.get(self.store.objects, key).bytes())
        if self.flipped is not None:
            body[self.flipped] ^= 1
            obstore.put(self.store.objects, key, bytes(body))
        return Assembled(made.bytes, zlib.crc32(body))


@pytest.mark.parametrize("flipped", [None, 0, 5000, -1])
def test_an_archive_whose_stored_checksum_differs_from_its_members_is_no_result(
    archive: MadeArchive, flipped: int | None
) -> None:
    """In an image, in the files beside the images, or in the end mark; the step is then done again."""

    def assembler_for(store: BatchStore) -> Assembler:
        return SummingAssembler(store, flipped)

    service = Service(archive)
    service.assembler_for = assembler_for
    accepted = service.submit(mode="positions", table=POSITIONS_WITH_BEST)
    store = service.store(accepted.record.batch_id)
    if flipped is None:
        service.run(accepted)
        assert store.exists(keys.STATUS)
        return
    with pytest.raises(Transient):
        service.run(accepted)
    assert not store.exists(keys.STATUS)


def _contents(tar: bytes) -> dict[str, tuple[int, int, str, bytes]]:
    """Of a tar whose folder was renamed in place, so that its header's checksums no longer hold."""
    found, at = {}, 0
    while tar[at : at + 1] != b"\0":
        head = tar[at : at + 512]
        name = head[:100].rstrip(b"\0").decode().partition("/")[2]
        size = int(head[124:135], 8)
        body = tar[at + 512 : at + 512 + size]
        found[name] = (int(head[100:107], 8), int(head[136:147], 8), head[265:297].hex(), body)
        at += 512 + -(-size // 512) * 512
    return found
