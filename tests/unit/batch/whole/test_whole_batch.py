"""Whole batches in one process: accepted, planned, worked, tallied, packaged."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable
from typing import Any

import obstore
import pytest
from astropy.io import fits
from astropy.table import Table

from skybatch.batch.codes import Remainder
from skybatch.batch.results.tables import TABLE_FORMATS
from skybatch.batch.submission.submit import AcceptedBatch
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.sample_archive import POSITIONS, MadeArchive


def test_batch_of_positions_ends_complete_and_adds_up(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS, bands="J,K", label="mine")
    status = service.run(accepted)
    assert status.state == "complete"
    assert status.rows.total == 4
    assert sum(status.rows.by_outcome().values()) == 4
    assert (status.rows.retrieved, status.rows.not_covered) == (3, 1)
    names = {entry.name for entry in status.files}
    tables = {f"{table}.{fmt}" for table in ("images", "rows") for fmt in TABLE_FORMATS}
    others = {"images.tar", "README.txt", "manifest.json", "md5sums.txt", "download.sh", "request.json"}
    others |= {"sky.svg", "sky-all.svg", "sky.reg"}  # a row lies far from the others
    assert names == tables | others | {accepted.record.upload}
    for entry in status.files:
        body = service.file(accepted, entry.name)
        assert len(body) == entry.bytes
        if entry.name == "images.tar":
            assert (entry.md5, entry.crc32) == (None, f"{zlib.crc32(body):08x}")
        else:
            assert entry.md5 == hashlib.md5(body).hexdigest()


def test_archive_holds_images_tables_and_readme_that_agree(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS)
    status = service.run(accepted)
    tar = service.file(accepted, "images.tar")
    images = images_of(tar)
    assert len(images) == status.images.retrieved
    assert sum(map(len, images.values())) == status.bytes
    table = Table.read(service.file(accepted, "images.tbl").decode(), format="ascii.ipac")
    listed = dict(zip(table["file"], table["md5"], strict=True))
    assert listed == {f"images/{name}": hashlib.md5(body).hexdigest() for name, body in images.items()}
    sums = service.file(accepted, "md5sums.txt").decode().splitlines()
    summed = {line.split("  ")[1]: line.split("  ")[0] for line in sums}
    assert {name: md5 for name, md5 in summed.items() if name.startswith("images/")} == listed
    with tarfile.open(fileobj=io.BytesIO(tar)) as read:
        names = [member.name for member in read]
    folder = names[0].partition("/")[0]
    assert all(name.startswith(f"{folder}/") for name in names)
    assert f"{folder}/README.txt" in names
    for body in images.values():
        plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        with fits.open(io.BytesIO(plain)) as hdus:
            hdus.verify("exception")


def test_packaging_twice_gives_the_same_bytes(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS)
    service.run(accepted)
    first = service.file(accepted, "images.tar")
    service.run(accepted)
    assert service.file(accepted, "images.tar") == first


def test_nothing_found_is_a_complete_batch_without_archive(archive: MadeArchive) -> None:
    service = Service(archive)
    status = service.run(service.submit(mode="region", center="10 10", diameter=0.1))
    assert status.state == "complete"
    assert "images.tar" not in {entry.name for entry in status.files}
    assert status.rows.not_covered == 1
    assert status.unretrieved is None


def test_bad_sources_fail_with_reasons_and_nothing_else_is_lost() -> None:
    archive = MadeArchive()
    obstore.delete(archive.objects, archive.key(0, "j"))
    obstore.put(archive.objects, archive.key(0, "h"), b"\x1f\x8b not gzip after all")
    service = Service(archive)
    accepted = service.submit(
        mode="coadd_keys", table="coadd_key,band,req_ra,req_dec,size\n1001,A,180,20,60\n"
    )
    status = service.run(accepted)
    assert (status.images.retrieved, status.images.failed) == (1, 2)
    assert status.rows.partial == 1
    failed = Table.read(service.file(accepted, "failed.csv").decode(), format="ascii.csv")
    assert dict(zip(failed["band"], failed["reason"], strict=True)).keys() == {"J", "H"}
    assert "does not hold" in str(failed["reason"][list(failed["band"]).index("J")])


def test_a_stored_file_of_another_size_is_not_delivered_as_a_whole_image() -> None:
    archive = MadeArchive()
    whole = bytes(obstore.get(archive.objects, archive.key(0, "j")).bytes())
    obstore.put(archive.objects, archive.key(0, "j"), whole[:-100])
    service = Service(archive)
    status = service.run(service.submit(mode="coadd_keys", table="coadd_key,band\n1001,J\n"))
    assert status.images.failed == 1
    assert "inventory" in status.reasons[0].reason


def chain(
    service: Service, first: AcceptedBatch, follow: Callable[[AcceptedBatch], AcceptedBatch]
) -> list[dict[str, bytes]]:
    """The images of each part of a chain, to its end."""
    parts, accepted = [], first
    while True:
        status = service.run(accepted)
        assert status.state == "complete"
        assert status.bytes <= service.settings.max_batch_bytes
        parts.append(images_of(service.file(accepted, "images.tar")))
        if status.unretrieved is None:
            return parts
        assert len(parts) < 50, "the chain does not end"
        accepted = follow(accepted)


@pytest.mark.parametrize("what", ["positions", "region"])
@pytest.mark.parametrize("fmt", ["tbl", "xml", "csv"])
def test_unretrieved_posted_back_gives_exactly_the_rest(archive: MadeArchive, what: str, fmt: str) -> None:
    whole = Service(archive)
    fields: dict[str, Any] = (
        {"mode": "positions", "table": POSITIONS, "form": "fits"}
        if what == "positions"
        else {"mode": "region", "center": "180 20", "diameter": 0.3, "bands": ["J", "H"]}
    )
    accepted = whole.submit(**fields)
    whole.run(accepted)
    everything = images_of(whole.file(accepted, "images.tar"))
    service = Service(archive, max_batch_bytes=max(map(len, everything.values())) + 1000)

    def post_back(last: AcceptedBatch) -> AcceptedBatch:
        table = service.file(last, f"unretrieved.{fmt}").decode()
        return service.submit(mode="coadd_keys", table=table)

    parts = chain(service, service.submit(**fields), post_back)
    assert len(parts) > 1
    assert sum(map(len, parts)) == len(everything)
    assert {name: body for part in parts for name, body in part.items()} == everything


IDS = ["=1+1", "+5", "-3", "@home", "'-quoted", "αβγ Ori", "é" * 15, "a\\xe9", 'naïve, "x"']


@pytest.mark.parametrize(
    "name", ["images.tbl", "images.xml", "images.csv", "rows.tbl", "rows.xml", "rows.csv"]
)
def test_ids_of_any_characters_come_back_from_our_own_tables(archive: MadeArchive, name: str) -> None:
    service = Service(archive)
    lines = io.StringIO()
    csv.writer(lines).writerows([["ra", "dec", "size", "id"], *([180.0, 19.87, 20, each] for each in IDS)])
    accepted = service.submit(mode="positions", table=lines.getvalue(), bands="J")
    assert [row.id for row in accepted.request.rows] == IDS
    service.run(accepted)
    mode = "coadd_keys" if name.startswith("images") else "positions"
    again = service.submit(mode=mode, table=service.file(accepted, name).decode())
    assert [row.id for row in again.request.rows] == IDS


def test_ids_of_any_characters_come_back_from_resubmission(archive: MadeArchive) -> None:
    lines = io.StringIO()
    csv.writer(lines).writerows([["ra", "dec", "size", "id"], *([180.0, 19.87, 20, each] for each in IDS)])
    service = Service(archive, max_batch_bytes=20_000)
    accepted = service.submit(mode="positions", table=lines.getvalue(), bands="J")
    status = service.run(accepted)
    again = service.submitter.resubmit(accepted.record.batch_id, Remainder.UNRETRIEVED)
    assert [row.id for row in again.request.rows] == IDS[status.images.retrieved :]


def test_limit_smaller_than_one_image_fails_it_and_the_chain_ends(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=1000)
    status = service.run(service.submit(mode="positions", table=POSITIONS))
    assert status.unretrieved is None
    assert status.images.failed > 0
    assert [(reason.code, reason.rows) for reason in status.reasons if reason.outcome == "failed"] == [
        ("over_batch_limit", status.rows.failed)
    ]


def test_more_images_than_allowed_fail_the_batch_with_the_reason(archive: MadeArchive) -> None:
    service = Service(archive, max_images=2)
    status = service.run(service.submit(mode="region", center="180 20", diameter=0.3))
    assert status.state == "failed"
    assert "the limit is 2" in str(status.reason)
