"""Batches to their end: the same key twice, crops and whole images, each with its checksum."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterator
from typing import Any

from skybatch.deployment.findings import Finding, error, ok
from skybatch.deployment.smoke.context import Context

CROP_ROWS = 3


def check_same_key(context: Context) -> Iterator[Finding]:
    """Repeat a submission with its idempotency key: the same batch; with another body: another."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    fields = {"table": context.sample.table(CROP_ROWS)}
    first, answer = context.submit(fields, key)
    if not first:
        yield error("same-key", f"POST /batches answers {answer.summary()}", "see the log of the planner")
        return
    context.batches["crops"] = {"batch_id": first}
    again, _ = context.submit(fields, key)
    other, _ = context.submit({"table": context.sample.table(1)}, key)
    if first == again != other:
        yield ok("same-key", "the same call is the same batch")
    else:
        yield error(
            "same-key", "the same call made two batches" if first != again else "another body, the same batch"
        )


def check_crops(context: Context) -> Iterator[Finding]:
    """Follow a small batch of crops to completion."""
    batch_id = context.batches.get("crops", {}).get("batch_id", "")
    if batch_id:
        yield from _completed(context, "crops", batch_id, CROP_ROWS)


def check_whole_images(context: Context) -> Iterator[Finding]:
    """Run a batch of whole images to completion."""
    batch_id, answer = context.submit({"table": context.sample.table(1, None)})
    if batch_id:
        yield from _completed(context, "whole-images", batch_id, 1)
    else:
        yield error("whole-images", f"POST /batches answers {answer.summary()}", "see the log of the planner")


def _completed(context: Context, check: str, batch_id: str, rows: int) -> Iterator[Finding]:
    """Wait for a batch, and hold its sums, its files and its images to what it says of them."""
    status = context.ended(batch_id)
    context.batches[check] = status
    if status.get("state") != "complete":
        reason = status.get("reason") or f"still {status.get('state')} after {context.patience:.0f} s"
        yield error(
            check,
            f"the batch is {status.get('state')}: {reason}",
            "see its execution, and the collector's log",
        )
        return
    told = status["rows"]
    if told["total"] != rows or told["retrieved"] != rows:
        yield error(check, f"of {rows} rows {told['retrieved']} are retrieved, total {told['total']}")
        return
    faults = [*_wrong_files(context, status), *_wrong_images(context, batch_id)]
    for fault in faults:
        yield error(check, fault)
    if not faults:
        yield ok(
            check,
            f"{status['images']['retrieved']} images, {len(status['files'])} files, all checksums right",
        )


def fetch(context: Context, path: str) -> bytes:
    """Fetch a file by its public address, over the redirect to S3; empty where that fails."""
    location = context.probe.location(path)
    answer = context.probe.call("GET", location, label="S3") if location else None
    return answer.body if answer and answer.status == 200 else b""


def _wrong_files(context: Context, status: dict[str, Any]) -> Iterator[str]:
    """Hold each file to its length, and to its MD5 or CRC-32, whichever the service gives."""
    for entry in status["files"]:
        body = fetch(context, entry["url"])
        if len(body) != entry["bytes"]:
            yield f"{entry['name']} has {len(body):,} bytes of {entry['bytes']:,}"
        elif entry.get("md5") and hashlib.md5(body, usedforsecurity=False).hexdigest() != entry["md5"]:
            yield f"{entry['name']} has another MD5 than {entry['md5']}"
        elif entry.get("crc32") and f"{zlib.crc32(body):08x}" != str(entry["crc32"]).lower():
            yield f"{entry['name']} has another CRC-32 than {entry['crc32']}"


def _wrong_images(context: Context, batch_id: str) -> Iterator[str]:
    """Fetch each image by itself, and hold it to the list of checksums."""
    listed = fetch(context, f"/batches/{batch_id}/files/md5sums.txt").decode()
    sums = {
        name.rpartition("/")[2]: digest
        for digest, _, name in (row.partition("  ") for row in listed.splitlines())
    }
    for image in list_images(context, batch_id):
        body = fetch(context, image["url"])
        if hashlib.md5(body, usedforsecurity=False).hexdigest() != sums.get(image["file"]):
            yield f"{image['file']} is not what md5sums.txt says"


def list_images(context: Context, batch_id: str) -> list[dict[str, Any]]:
    """Follow the list of finished images to its end."""
    found: list[dict[str, Any]] = []
    after = f"/batches/{batch_id}/images"
    while after:
        page = context.probe.call("GET", after, label="GET /batches/{id}/images").json()
        found += page.get("images", [])
        after = str(page.get("next") or "") if page.get("images") else ""
    return found
