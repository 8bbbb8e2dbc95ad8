"""Bodies as people and programs post them: JSON, forms, compressed tables, large ones, too large ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping

from skybatch.deployment.findings import Finding, error, ok, skipped
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Answer

BOUNDARY = "skybatch-smoke-boundary"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
JSON = {"Content-Type": "application/json"}
LARGE_BYTES = 3_900_000
TOO_LARGE_BYTES = 4_600_000
# So many names and ids of characters that XML must escape make a VOTable of more than 4 MB.
WIDE_ROWS = 2500


def check_json(context: Context) -> Iterator[Finding]:
    """Post a dry run of one position as JSON."""
    answer = context.probe.post_json("/plans", {"mode": "positions", "table": context.sample.table()})
    yield from _planned("json", answer)


def check_form(context: Context) -> Iterator[Finding]:
    """Post the same as a form with a file, as curl -F and the web page send it."""
    body = form_body({"mode": "positions"}, "targets.csv", context.sample.table().encode())
    yield from _planned("form", context.probe.call("POST", "/plans", body, FORM))


def check_gzip(context: Context) -> Iterator[Finding]:
    """Post the same with the file compressed: bytes that must survive API Gateway's base64."""
    packed = gzip.compress(context.sample.table().encode())
    body = form_body({"mode": "positions"}, "targets.csv.gz", packed)
    yield from _planned("gzip", context.probe.call("POST", "/plans", body, FORM))


def _planned(check: str, answer: Answer) -> Iterator[Finding]:
    plan = answer.json()
    if answer.status != 200:
        yield error(check, f"POST /plans answers {answer.summary()}", "see the log of the planner")
    elif plan.get("rows") != 1 or not plan.get("images"):
        yield error(check, f"one row was counted as {plan.get('rows')} rows, {plan.get('images')} images")
    else:
        yield ok(check, f"{plan['images']} images planned in {answer.seconds:.2f} s")


def form_body(fields: Mapping[str, str], filename: str, table: bytes) -> bytes:
    """Write a multipart form (RFC 7578) with a file part ``table``."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="table"; filename="{filename}"\r\n'
    kind = "Content-Type: application/octet-stream\r\n\r\n"
    return b"".join([*parts, (head + kind).encode(), table, f"\r\n--{BOUNDARY}--\r\n".encode()])


def check_large_body(context: Context) -> Iterator[Finding]:
    """Post a form of 3.9 MB: base64 makes 5.2 MB of it, and Lambda takes 6."""
    answer = context.probe.call("POST", "/plans", _form_of(context, LARGE_BYTES), FORM, label="POST 3.9 MB")
    if answer.status == 200:
        yield ok("large-body", f"{LARGE_BYTES:,} bytes in {answer.seconds:.2f} s")
    elif answer.status == 413 and answer.json().get("code") == "too_large":
        yield skipped("large-body", f"this deployment takes less: {answer.summary()}", "see MaxUploadBytes")
    else:
        yield error("large-body", f"{LARGE_BYTES:,} bytes: {answer.summary()}", "see the log of the planner")


def check_oversize_body(context: Context) -> Iterator[Finding]:
    """Post one over the limit: refused with a status that says so."""
    answer = context.probe.call(
        "POST", "/plans", _form_of(context, TOO_LARGE_BYTES), FORM, label="POST 4.6 MB"
    )
    if answer.status == 413:
        yield ok("oversize-body", f"{TOO_LARGE_BYTES:,} bytes are refused (413)")
    else:
        yield error("oversize-body", f"{TOO_LARGE_BYTES:,} bytes: {answer.summary()} where 413 is due")


def _form_of(context: Context, size: int) -> bytes:
    """Write a form of so many bytes: the sample's table behind comment lines."""
    table = context.sample.table().encode()
    empty = len(form_body({"mode": "positions"}, "targets.csv", table))
    line = b"#" + b"-" * 78 + b"\n"
    padding = (line * (size // len(line) + 1))[: size - empty - 1] + b"\n"
    return form_body({"mode": "positions"}, "targets.csv", padding + table)


def check_large_answer(context: Context) -> Iterator[Finding]:
    """Ask for more than 4 MB: 303 to S3, where a page may read it."""
    rows = "\n".join(f"{'&' * 95}{n},{'&' * 195}{n}" for n in range(WIDE_ROWS))
    body = json.dumps({"mode": "positions", "table": f"name,id\n{rows}\n"}).encode()
    answer = context.probe.call("POST", "/tables?format=votable", body, JSON, label="POST /tables")
    if answer.status == 413:
        yield skipped("large-answer", f"this deployment takes no table of {WIDE_ROWS} rows", "see MaxRows")
        return
    if answer.status != 303:
        yield error("large-answer", f"an answer of over 4 MB: {answer.summary()} where 303 is due")
        return
    stored = context.probe.call(
        "GET", answer.headers.get("location", ""), headers={"Origin": "null"}, label="S3"
    )
    readable = stored.headers.get("access-control-allow-origin") == "*"
    if stored.status == 200 and len(stored.body) > 4_000_000 and readable:
        yield ok("large-answer", f"{len(stored.body):,} bytes through S3")
    else:
        fact = f"{stored.summary()}, {len(stored.body):,} bytes{'' if readable else ', closed to pages'}"
        yield error("large-answer", f"behind the 303: {fact}", "see the results bucket and its CORS")
