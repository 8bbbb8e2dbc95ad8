"""Both buckets behind our redirects: ranges, HEAD, a page's null origin, and files that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch.deployment.findings import Finding, error, ok, warning
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Answer

SIGNATURE = "X-Amz-Signature="
# A page must see these to resume and verify a download (template.yaml, docs/operations.md).
READ_BY_PAGES = ("content-range", "etag")
ACTIONS = {
    "results": "see CorsConfiguration of the results bucket in the template",
    "archive": "put-bucket-cors on the archive's bucket, as docs/operations.md has it",
}


def check_results_bucket(context: Context) -> Iterator[Finding]:
    """Try a result file of a batch that ran."""
    files = context.batches.get("crops", {}).get("files", [])
    if files:
        yield from _check_file(context, "results", files[0]["url"], files[0]["bytes"])


def check_archive_bucket(context: Context) -> Iterator[Finding]:
    """Try an image of the archive, which the service redirects to and does not copy.

    In a bucket of others, to whose plain address it leads, what pages may read is not ours to say.
    """
    path = context.sample.path
    location = context.probe.location(path)
    if not location or SIGNATURE in location:
        yield from _check_file(context, "archive", path, None)
        return
    faults = [*_head_faults(context, path, None), *_range_faults(context, location, for_pages=False)]
    for fault in faults:
        yield error("public-bucket", fault, "see the bucket's region and policy, and [place] of the survey")
    yield from _public_cors(context, location, faults)


def _public_cors(context: Context, location: str, faults: list[str]) -> Iterator[Finding]:
    bucket = location.partition("?")[0]
    if hidden := list(_closed_to_pages(_range(context, location))):
        yield warning("public-bucket", f"{bucket}: {hidden[0]}", "nothing: programs and downloads are served")
    elif not faults:
        yield ok("public-bucket", f"{bucket}: HEAD, a range and a page's request are answered")


def _check_file(context: Context, bucket: str, path: str, size: int | None) -> Iterator[Finding]:
    check, action = f"{bucket}-bucket", ACTIONS[bucket]
    faults = [*_head_faults(context, path, size), *_range_faults(context, context.probe.location(path))]
    for fault in faults:
        yield error(check, fault, action)
    if not faults:
        yield ok(check, "HEAD, a range and a page's request are answered")


def _head_faults(context: Context, path: str, size: int | None) -> Iterator[str]:
    """HEAD is answered by the service itself with the length, or by the bucket behind it."""
    answer = context.probe.call("HEAD", path, label="HEAD")
    if answer.status in (302, 303, 307):
        answer = context.probe.call("HEAD", answer.headers.get("location", ""), label="S3 HEAD")
    length = int(answer.headers.get("content-length") or 0)
    if answer.status != 200:
        yield f"HEAD {path} answers {answer.status}"
    elif length == 0 or (size is not None and length != size):
        yield f"HEAD {path} tells {length} bytes{f' of {size}' if size is not None else ''}"


def _range(context: Context, location: str) -> Answer:
    """Ask for ten bytes as a page does after a redirect: with the origin null."""
    asked = {"Origin": "null", "Range": "bytes=0-9"}
    return context.probe.call("GET", location, headers=asked, label="S3 range")


def _range_faults(context: Context, location: str, *, for_pages: bool = True) -> Iterator[str]:
    if not location:
        yield "it is not redirected to its bucket"
        return
    answer = _range(context, location)
    if answer.status != 206 or len(answer.body) != 10:
        yield f"a range of ten bytes answers {answer.status} with {len(answer.body)} bytes"
    if for_pages:
        yield from _closed_to_pages(answer)


def _closed_to_pages(answer: Answer) -> Iterator[str]:
    if answer.headers.get("access-control-allow-origin") not in ("*", "null"):
        yield "a page that was redirected may not read it: no Access-Control-Allow-Origin for the origin null"
        return
    exposed = {
        word.strip().lower() for word in answer.headers.get("access-control-expose-headers", "").split(",")
    }
    hidden = [name for name in READ_BY_PAGES if name not in exposed and "*" not in exposed]
    if hidden:
        yield f"a page may not see {' and '.join(hidden)}"


def check_missing(context: Context) -> Iterator[Finding]:
    """Ask for what is not there: 404, where S3 says 403 to those who may not list."""
    crops = context.batches.get("crops", {}).get("batch_id")
    paths = [context.sample.missing_path, f"/batches/{'0' * 32}", "/no/such/path"]
    paths += [f"/batches/{crops}/files/none.txt", f"/batches/{crops}/images/none.fits"] if crops else []
    wrong = [(path, answer) for path in paths if (answer := _get(context, path)).status != 404]
    for path, answer in wrong:
        yield error(
            "missing", f"GET {path} answers {answer.summary()} where 404 is due", "s3:ListBucket for its role"
        )
    if not wrong:
        yield ok("missing", f"{len(paths)} things that are not there are 404")


def _get(context: Context, path: str) -> Answer:
    """Get a path, over a redirect where there is one."""
    answer = context.probe.call("GET", path, label="GET missing")
    if answer.status in (302, 303, 307):
        return context.probe.call("GET", answer.headers.get("location", ""), label="S3 missing")
    return answer
