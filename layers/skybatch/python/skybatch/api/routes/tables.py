"""``POST /tables``: a table as this service understands it, row by row; nothing is started."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.responses import NO_STORE
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.submission import bounded_body
from skybatch.errors import CellError, InvalidRequest
from skybatch.requests.understood_table import FORMATS, UnderstoodTable, parse_format, understand_table
from skybatch.validation import InvalidValue

routes = RouteTable()


@routes.post("/tables")
def understand(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the rows of a table as they are understood, as JSON or as a table that can be posted."""
    settings = dependencies.settings
    understood = understand_table(bounded_body(request, settings), request.content_type, settings)
    form = understood.format or _query_format(request) or accepted_format(request.header("accept"))
    body, media_type = _json(understood) if form == "json" else _table(understood, form)
    return content_response(
        request, dependencies.results, body, media_type, cache_control=NO_STORE["Cache-Control"]
    )


def _query_format(request: HttpRequest) -> str | None:
    word = request.query_parameter("format")
    if not word:
        return None
    try:
        return parse_format(word)
    except InvalidValue as broken:
        error = CellError("format", word[:60], str(broken))
        raise InvalidRequest(f"The format {broken}.", errors=[error]) from None


def accepted_format(accept: str) -> str:
    """Return the form of answer that an Accept header prefers (RFC 9110, section 12.5.1), else ``json``."""
    best, best_quality = "json", 0.0
    for media_type, quality in _media_ranges(accept):
        form = next((name for name, words in FORMATS.items() if media_type in words[1:]), None)
        if form is not None and quality > best_quality:
            best, best_quality = form, quality
    return best


def _media_ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media_type, *parameters = (word.strip().lower() for word in part.split(";"))
        quality = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        try:
            yield media_type, float(quality)
        except ValueError:
            yield media_type, 0.0


def _json(understood: UnderstoodTable) -> tuple[bytes, str]:
    from skybatch.presentation.understood_table import understood_rows

    body = {
        "rows": list(understood_rows(understood)),
        "columns": [asdict(column) for column in understood.rows.columns],
        "notices": list(understood.notices),
        "errors": [asdict(error) for error in understood.rows.errors],
    }
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"), "application/json"


def _table(understood: UnderstoodTable, form: str) -> tuple[bytes, str]:
    # Here, because the writers import numpy, of no use to the other routes of this function.
    from skybatch.presentation.understood_table import TABLE_FORMATS, understood_table
    from skybatch.tables.writers import formats

    fmt = TABLE_FORMATS[form]
    table = understood_table(understood, with_marker_column=fmt == "csv")
    return formats.write(table, fmt), formats.MEDIA_TYPES[fmt]
