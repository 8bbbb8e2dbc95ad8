"""``/batches/{id}/previews/{name}``: pictures of images, in the stretch and size that are asked for."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import preview_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.batch.delivery.previews import DEFAULT_LOOK, SIDES, STRETCHES, Look, read_or_draw
from skybatch.batch.record import load_record
from skybatch.batch.store import SAFE_NAME, BatchStore
from skybatch.errors import CellError, InvalidRequest, NotFound, SourceError

routes = RouteTable()


@routes.get("/batches/<batch_id>/previews/<name>")
def preview(request: HttpRequest, dependencies: Dependencies, batch_id: str, name: str) -> AnyResponse:
    """Return the preview of an image, or of its three bands in colour."""
    store, look = dependencies.batch(batch_id), read_look(request)
    load_record(store, dependencies.clock())
    body = _picture(dependencies, store, name, look) if SAFE_NAME.fullmatch(name) else None
    if body is None:
        raise NotFound("This batch has no such preview.")
    return preview_response(body, "image/png")


def _picture(dependencies: Dependencies, store: BatchStore, name: str, look: Look) -> bytes | None:
    """Return the picture, None for an unknown name. Raises NotFound, with the reason, where there is none."""
    try:
        return read_or_draw(store, dependencies.places, name, look, dependencies.file_readings)
    except SourceError as error:
        raise NotFound(f"There is no picture: {error.detail}.") from error


def read_look(request: HttpRequest) -> Look:
    """Read how a picture is to be drawn.

    Raises InvalidRequest, naming parameter, value and rule.
    """
    stretch = request.query_parameter("stretch") or DEFAULT_LOOK.stretch
    if stretch not in STRETCHES:
        raise _invalid("stretch", stretch, f"must be one of {', '.join(STRETCHES)}")
    side = request.query_parameter("side") or str(DEFAULT_LOOK.side)
    if side not in map(str, SIDES):
        raise _invalid("side", side, f"must be one of {', '.join(map(str, SIDES))} pixels")
    black = _percentile(request, "black", DEFAULT_LOOK.black)
    white = _percentile(request, "white", DEFAULT_LOOK.white)
    if black >= white:
        raise _invalid("black", f"{black:g}", f"must be less than white, {white:g}")
    return Look(stretch, black, white, int(side))


def _percentile(request: HttpRequest, name: str, default: float) -> float:
    text = request.query_parameter(name) or ""
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 100.0:
        raise _invalid(name, text, "must be a percentile, from 0 to 100")
    return round(value, 2)


def _invalid(column: str, value: str, rule: str) -> InvalidRequest:
    error = CellError(column, value[:60], rule)
    return InvalidRequest(error.sentence(), errors=[error])
