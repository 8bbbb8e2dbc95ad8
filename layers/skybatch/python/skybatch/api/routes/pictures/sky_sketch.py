"""``/batches/{id}/sky.svg``: what a batch covers on the sky; and the sketch that ``POST /plans`` answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.responses import NO_STORE, PREVIEW_MAX_AGE_SECONDS
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.batch import keys
from skybatch.batch.outcomes import load_outcomes
from skybatch.batch.plan import load_plan
from skybatch.batch.record import load_record, load_request
from skybatch.batch.store import BatchStore
from skybatch.errors import CellError, InvalidRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skybatch.batch.planning.dry_run import DryRun
    from skybatch.batch.planning.matching import OpenInventory
    from skybatch.presentation.sky_sketch.scene import Coverage, Scene

routes = RouteTable()
MEDIA_TYPE = "image/svg+xml"
FORMATS = ("json", "svg")
MAPS = ("field", "sky")
FILE, ALL_SKY_FILE = "sky.svg", "sky-all.svg"
KEPT = f"private, max-age={PREVIEW_MAX_AGE_SECONDS}"


@routes.get("/batches/<batch_id>/sky.svg")
def sky_sketch(request: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """Return what a batch covers on the sky, as a drawing."""
    whole = asks_whole_sky(request)
    store = dependencies.batch(batch_id)
    load_record(store, dependencies.clock())
    # The page shows it as a picture and then again by a script.
    cache = KEPT if store.exists(keys.STATUS) else NO_STORE["Cache-Control"]
    return sketch_response(request, dependencies, batch_sketch(store, whole=whole), cache)


def asks_sketch(request: HttpRequest) -> bool:
    """Tell whether a caller wants the sketch: by ``format``, or by an Accept header that names SVG alone.

    Raises InvalidRequest for another format.
    """
    word = _choice(request, "format", FORMATS)
    return word == "svg" or (not word and request.header("accept").split(";")[0].strip() == MEDIA_TYPE)


def asks_whole_sky(request: HttpRequest) -> bool:
    """Tell whether a caller wants a map of the whole sky (``map=sky``) also where a field holds most rows.

    Raises InvalidRequest for another map.
    """
    return _choice(request, "map", MAPS) == "sky"


def _choice(request: HttpRequest, name: str, choices: Sequence[str]) -> str:
    word = request.query_parameter(name) or ""
    if word and word not in choices:
        error = CellError(name, word[:60], f"must be one of {', '.join(choices)}")
        raise InvalidRequest(error.sentence(), errors=[error])
    return word


def expected_sketch(run: DryRun, open_inventory: OpenInventory, *, whole: bool = False) -> bytes | None:
    """Draw what a dry run covers; None where nothing of it has a place on the sky."""
    # Here, as below, because few calls of these functions draw: 30 ms of a cold start.
    from skybatch.presentation.sky_sketch.coverage import coverages
    from skybatch.presentation.sky_sketch.scene_of_plan import expected_scene

    scene = expected_scene(run.request, run.plan, run.outcomes)
    return _drawn(scene, coverages(scene, run.plan.versions, open_inventory, whole=whole), whole=whole)


def batch_sketch(store: BatchStore, *, whole: bool = False) -> bytes | None:
    """Return the sketch of a batch: as it was packaged, else of its plan and outcomes.

    None where nothing of it has a place on the sky. Raises NotFound where there is no plan yet.
    """
    kept = store.read(keys.result(ALL_SKY_FILE if whole else FILE))
    return _of_plan(store, whole) if kept is None else kept


def _of_plan(store: BatchStore, whole: bool) -> bytes | None:
    from skybatch.presentation.sky_sketch.scene_of_plan import final_scene, running_scene

    plan = load_plan(store)
    if plan is None:
        raise NotFound("This batch has no plan yet, so there is nothing to draw.")
    request, outcomes = load_request(store), load_outcomes(store)
    if outcomes is None or len(outcomes) != len(plan.tasks):
        return _drawn(running_scene(request, plan), whole=whole)
    return _drawn(final_scene(request, plan, outcomes), whole=whole)


def _drawn(scene: Scene, coverage: Sequence[Coverage] = (), *, whole: bool = False) -> bytes | None:
    from skybatch.presentation.sky_sketch.drawing import sketch

    return None if scene.is_empty else sketch(scene, coverage, whole=whole)


def sketch_response(
    request: HttpRequest,
    dependencies: Dependencies,
    body: bytes | None,
    cache: str = NO_STORE["Cache-Control"],
) -> AnyResponse:
    """Return a sketch; that of a dry run is kept by no cache: it was made of the caller's own request.

    Raises NotFound where there is none.
    """
    from skybatch.presentation.sky_sketch.style import style_source

    if body is None:
        raise NotFound("Nothing of this request has a place on the sky.")
    response = content_response(request, dependencies.results, body, MEDIA_TYPE, cache_control=cache)
    policy = f"default-src 'none'; style-src {style_source()}"
    response.headers["Content-Security-Policy"] = policy
    return response
