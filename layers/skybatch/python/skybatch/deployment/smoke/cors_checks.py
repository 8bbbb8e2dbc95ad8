"""CORS: a browser's preflight request on every route family, and what answers let a page read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skybatch.deployment.findings import Finding, error, ok
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Answer

PAGE = "https://page.example.org"
ASKED_HEADERS = {"POST": "content-type,idempotency-key", "GET": "range"}


def check_preflights(context: Context) -> Iterator[Finding]:
    """Send the preflight request of each documented path and method, as a page of another origin does."""
    document = context.probe.call("GET", "/openapi.json").json()
    paths = [
        (method.upper(), re.sub(r"\{\w+\}", "x", path))
        for path, methods in document.get("paths", {}).items()
        for method in methods
        if method in ("get", "post")
    ]
    if not paths:
        yield error("preflights", "/openapi.json names no path", "see the log of the portal")
        return
    refused = [fault for method, path in paths for fault in _fault(context, method, path)]
    if refused:
        fact = f"{len(refused)} of {len(paths)} methods and paths, such as {refused[0]}"
        yield error("preflights", fact, "see CorsConfiguration of the API in the template")
    else:
        yield ok("preflights", f"{len(paths)} methods and paths")


def _fault(context: Context, method: str, path: str) -> Iterator[str]:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": method}
    asked["Access-Control-Request-Headers"] = ASKED_HEADERS[method]
    answer = context.probe.call("OPTIONS", path, headers=asked, label="OPTIONS")
    if answer.status not in (200, 204):
        yield f"OPTIONS {path} for {method}: {answer.summary()}"
    elif missing := missing_permissions(answer, method):
        yield f"OPTIONS {path} for {method} does not allow {', '.join(missing)}"


def missing_permissions(answer: Answer, method: str) -> list[str]:
    """List what a preflight's answer does not allow of what was asked (Fetch standard, section 3.3).

    GET and POST need no permission.
    """
    origin = answer.headers.get("access-control-allow-origin", "")
    missing = [] if origin in ("*", PAGE) else ["the origin"]
    allowed = _words(answer.headers.get("access-control-allow-headers", ""))
    wanted = ASKED_HEADERS[method].split(",")
    return missing + [name for name in wanted if name not in allowed and "*" not in allowed]


def _words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


def check_readable(context: Context) -> Iterator[Finding]:
    """Answers, errors among them, may be read by a page of any origin."""
    for path in ("/health", "/batches/none", context.sample.missing_path):
        answer = context.probe.call("GET", path, headers={"Origin": PAGE}, label="GET with Origin")
        if answer.headers.get("access-control-allow-origin") not in ("*", PAGE):
            yield error(
                "cors",
                f"a page may not read GET {path} ({answer.status})",
                "see CorsConfiguration of the API",
            )
            return
    yield ok("cors", "answers and errors may be read by any page")
