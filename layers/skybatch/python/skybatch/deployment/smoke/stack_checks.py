"""What an operator would look at: the archive's checksum in S3, dead letters, logs, metrics, traces."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from skybatch.deployment.findings import Finding, error, ok, skipped
from skybatch.deployment.smoke.batch_checks import fetch
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.stack_access import StackAccess
from skybatch.redaction import batch_hash


def check_archive_checksum(context: Context, stack: StackAccess) -> Iterator[Finding]:
    """Compare images.tar with the checksum of the whole object that S3 keeps, where it keeps one."""
    files = context.batches.get("crops", {}).get("files", [])
    archive = next((entry for entry in files if entry["name"] == "images.tar"), None)
    if archive is None:
        return
    bucket = stack.outputs["ResultsBucketName"]
    key = object_key(context.probe.location(archive["url"]), bucket)
    head = stack.clients("s3").head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    body = fetch(context, archive["url"])
    told = head.get("ChecksumCRC32") if head.get("ChecksumType") == "FULL_OBJECT" else None
    if head["ContentLength"] != len(body):
        yield error(
            "archive-checksum", f"S3 has {head['ContentLength']:,} bytes, {len(body):,} were delivered"
        )
    elif told is None:
        yield skipped("archive-checksum", "S3 keeps no checksum of the whole archive")
    elif base64.b64decode(told) != zlib.crc32(body).to_bytes(4, "big"):
        yield error("archive-checksum", f"images.tar has another CRC-32 than S3's {told}")
    else:
        yield ok("archive-checksum", f"CRC-32 {told}, as S3 has it")


def object_key(url: str, bucket: str) -> str:
    """Return the key that a presigned URL is about, with the bucket in the host or in the path."""
    return unquote(urlsplit(url).path).removeprefix("/").removeprefix(f"{bucket}/")


def check_dead_letters(_: Context, stack: StackAccess) -> Iterator[Finding]:
    """Count the dead letters: none, after batches that all ended."""
    count = stack.messages_in(stack.outputs["DeadLetterQueueUrl"])
    if count:
        yield error("dead-letters", f"{count} dead letters", "docs/operations.md, Replay")
    else:
        yield ok("dead-letters", "none")


def check_logs(context: Context, stack: StackAccess) -> Iterator[Finding]:
    """Find a batch in the logs by its hash, in JSON, and never by its id."""
    batch_id = str(context.batches.get("crops", {}).get("batch_id", ""))
    if not batch_id:
        return
    for function in ("planner", "worker", "collector", "notifier"):
        yield _logged(context, stack, function, batch_id)


def _logged(context: Context, stack: StackAccess, function: str, batch_id: str) -> Finding:
    check = f"logs-{function}"
    lines = context.until(lambda: stack.log_lines(function, batch_hash(batch_id)), bool)
    if not lines:
        return error(
            check, "no line about the batch", f"see the log group of {stack.name}-{function}, and its role"
        )
    if not all(_is_json(line) for line in lines):
        return error(check, "a line is no JSON object", "see LoggingConfig in the template")
    if stack.log_lines(function, batch_id):
        return error(
            check, "a line has the id of a batch, which opens it", "purge the log, and tell the developers"
        )
    return ok(check, f"{len(lines)} lines about the batch")


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def check_metrics(context: Context, stack: StackAccess) -> Iterator[Finding]:
    """Wait for the metrics that alarms and the dashboard read."""
    for metric, service in (("BatchesAccepted", "planner"), ("BatchesCompleted", "collector")):
        count = context.until(partial(stack.metric_sum, metric, service), lambda total: total > 0)
        yield _seen("metrics", count, metric, "see the functions' logs for objects with _aws")


def check_traces(context: Context, stack: StackAccess) -> Iterator[Finding]:
    """Wait for traces in X-Ray."""
    count = context.until(stack.trace_count, lambda found: found > 0)
    yield _seen("traces", count, "traces in X-Ray", "see Tracing in the template, and xray:PutTraceSegments")


def _seen(check: str, count: Any, what: str, action: str) -> Finding:
    return ok(check, f"{what}: {count:g}") if count else error(check, f"{what}: none", action)
