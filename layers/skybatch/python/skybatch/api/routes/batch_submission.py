"""``POST /batches`` and ``POST /plans``: accept a batch, or tell what it would give."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.models import BatchEstimate
from skybatch.api.responses import html_response, json_response
from skybatch.api.routes.pictures.sky_sketch import (
    asks_sketch,
    asks_whole_sky,
    expected_sketch,
    sketch_response,
)
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.submission import (
    MAX_IDEMPOTENCY_KEY,
    accepted_response,
    batch_submitter,
    bounded_body,
)
from skybatch.batch.planning.dry_run import dry_run
from skybatch.callers.networks import site_network
from skybatch.errors import CellError, InvalidRequest, SkybatchError, UnknownNames
from skybatch.plain_text import plain
from skybatch.requests.body.payload import read_payload
from skybatch.requests.model import Request
from skybatch.requests.parser import parse_body, refuses_unknown_names
from skybatch.requests.resolution import unknown_names, unresolved_names
from skybatch.settings import Settings

if TYPE_CHECKING:
    from skybatch.names.resolver import Resolver

routes = RouteTable()
NAME_RESOLUTION_SECONDS = 20.0  # API Gateway waits 30
NAME_CHECK_SECONDS = 8.0  # a person waits
MAX_UNKNOWN_NAMED = 100


@routes.post("/batches")
def submit_batch(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Accept a batch."""
    settings = dependencies.settings
    submitter, body = batch_submitter(request, dependencies), bounded_body(request, settings)
    try:
        parsed, upload = parse_body(body, request.content_type, settings)
        if unresolved_names(parsed) and refuses_unknown_names(body, request.content_type, settings):
            _check_names(parsed, dependencies.name_resolver())
        seed = _idempotency_seed(request, body)
        accepted = submitter.submit(parsed, upload, seed)
    except SkybatchError as error:
        form = _form_response(request, settings, error.status, problem=error.problem())
        if form is None:
            raise
        return form
    return accepted_response(request, accepted)


def _check_names(parsed: Request, resolver: Resolver) -> None:
    """Raise UnknownNames where all services answered not to know a name, as far as there is time to ask."""
    names = unresolved_names(parsed)
    resolution = resolver.resolve(names, time.monotonic() + NAME_CHECK_SECONDS)
    errors = list(unknown_names(parsed, resolution.results))
    if errors:
        one = f"No name service knows {plain(errors[0].value, 60)!r}"
        found = f"{len(errors):,} rows have object names that no name service knows" if errors[1:] else one
        raise UnknownNames(f"{found}. Nothing was started.", errors=errors[:MAX_UNKNOWN_NAMED])


@routes.post("/plans")
def plan_batch(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Count the images and bytes of a batch without starting it, or sketch on the sky what it covers."""
    deadline = time.monotonic() + NAME_RESOLUTION_SECONDS
    whole = asks_whole_sky(request)
    settings, body = dependencies.settings, bounded_body(request, dependencies.settings)
    try:
        parsed, _ = parse_body(body, request.content_type, settings)
        run = dry_run(parsed, dependencies.open_inventory, settings, dependencies.name_resolver(), deadline)
    except SkybatchError as error:
        form = _form_response(request, settings, error.status, problem=error.problem())
        if form is None:
            raise
        return form
    if asks_sketch(request):
        drawn = expected_sketch(run, dependencies.open_inventory, whole=whole)
        return sketch_response(request, dependencies, drawn)
    plan = run.counts()
    if request.accepts_html:
        plan["sketch"] = (expected_sketch(run, dependencies.open_inventory, whole=whole) or b"").decode()
    form = _form_response(request, settings, 200, plan=plan)
    return form or json_response(BatchEstimate(**plan).to_json())


def _form_response(
    request: HttpRequest,
    settings: Settings,
    status: int,
    *,
    problem: dict[str, Any] | None = None,
    plan: dict[str, Any] | None = None,
) -> AnyResponse | None:
    """Return the form as it was filled in, with the problem or the plan; None unless a browser sent it."""
    if not request.accepts_html:
        return None
    from skybatch.pages.form import form_page
    from skybatch.pages.form_values import from_post
    from skybatch.pages.survey_choice import held_surveys

    try:
        payload = read_payload(request.body, request.content_type, settings.max_upload_bytes)
    except SkybatchError:
        return None
    values = from_post(payload.fields, payload.table)
    default, held = held_surveys()
    page = form_page(settings, values=values, problem=problem, plan=plan, default=default, held=held)
    return html_response(page, status)


def _idempotency_seed(request: HttpRequest, body: bytes) -> bytes | None:
    """Return what identifies the call: the caller, its key and the body; None without a key.

    The caller, so that nobody who guesses another's key and body is given the other's batch.
    """
    key = request.header("idempotency-key")
    if len(key) > MAX_IDEMPOTENCY_KEY:
        rule = f"must have at most {MAX_IDEMPOTENCY_KEY} characters"
        error = CellError("Idempotency-Key", key, rule)
        raise InvalidRequest(error.sentence(), errors=[error])
    return json.dumps(["submit", site_network(request.source_ip), key, body.hex()]).encode() if key else None
