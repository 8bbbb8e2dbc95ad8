"""A dry run: what a request would give, without starting a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skybatch.batch.absent import describe_absent, total_absent
from skybatch.batch.codes import ImageStatus
from skybatch.batch.outcomes import ImageOutcome, row_outcomes
from skybatch.batch.plan import Plan
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.planning.planner import make_plan
from skybatch.batch.size_limit import batches_needed
from skybatch.batch.survey_outcomes import outcomes_by_survey
from skybatch.errors import TooLarge
from skybatch.names.model import NameResult, Resolution
from skybatch.names.resolver import Resolver
from skybatch.plain_text import plain
from skybatch.requests.model import Request
from skybatch.requests.resolution import unknown_names, unresolved_names, with_positions
from skybatch.settings import Settings
from skybatch.surveys.known import known_bands

# While a caller waits: each takes 35 µs of a processor. A batch is planned without anybody waiting.
MAX_COUNTED_IMAGES = 25_000
NAMES_TOLD = 10


@dataclass(frozen=True)
class DryRun:
    """A request as it would be planned now, with the outcomes to expect and what there is to say."""

    request: Request
    plan: Plan
    outcomes: Sequence[ImageOutcome]
    notices: tuple[str, ...]

    def counts(self) -> dict[str, Any]:
        """Return rows, images, bytes and batches, as ``POST /plans`` answers them."""
        return _counts(self.plan, self.outcomes, len(self.request.rows)) | {"notices": list(self.notices)}


def estimate(
    request: Request, open_inventory: OpenInventory, settings: Settings, resolver: Resolver, deadline: float
) -> dict[str, Any]:
    """Count rows, images, bytes and batches: see `dry_run`."""
    return dry_run(request, open_inventory, settings, resolver, deadline).counts()


def dry_run(
    request: Request, open_inventory: OpenInventory, settings: Settings, resolver: Resolver, deadline: float
) -> DryRun:
    """Plan a request as a batch would, without starting one.

    Parameters
    ----------
    request
        As parsed; its names are resolved here.
    open_inventory
        Gives the inventory of a data set.
    settings
        The limits.
    resolver
        Asks the name services.
    deadline
        When asking for names ends (``time.monotonic()``); names not known by then count as unresolved.

    Raises
    ------
    TooLarge
        As planning the batch would, and for more images than are counted while a caller waits.
    InventoryError
        As planning the batch would.
    """
    names = unresolved_names(request)
    resolution = resolver.resolve(names, deadline) if names else Resolution({}, ())
    request = with_positions(request, resolution.results)
    plan = _counted_plan(request, open_inventory, settings, resolution.results)
    unresolved = [*_unknown(request, resolution), *_unresolved(len(resolution.remaining), len(names))]
    notices = [*request.notices, *unresolved, *plan.notices]
    return DryRun(request, plan, tuple(_expected(plan)), (*notices, *_absent(plan)))


def _counts(plan: Plan, outcomes: Sequence[ImageOutcome], rows: int) -> dict[str, Any]:
    """Count what a plan gives where nothing goes wrong."""
    wanted = [task for task in plan.tasks if task.refusal is None]
    return {
        "rows": rows,
        "images": len(wanted),
        "bytes": sum(task.bytes for task in wanted),
        "parts": batches_needed((task.planned_bytes for task in plan.tasks), plan.limit),
        "by_outcome": dict(Counter(row.status for row in row_outcomes(plan, outcomes, rows))),
        "by_band": _by_band(task.band for task in wanted),
        "crops": sum(task.box is not None for task in wanted),
        "cut_at_edge": sum(task.cut_at_edge for task in wanted),
        "by_survey": _by_survey(plan, outcomes, rows) if plan.surveys else None,
    }


def _by_band(bands: Iterable[str]) -> dict[str, int]:
    """Count images by band, in the order of the surveys' bands."""
    counts = Counter(bands)
    return {band.upper(): counts[band] for band in known_bands() if counts[band]}


def _unknown(request: Request, resolution: Resolution) -> Iterator[str]:
    """Tell of names that no service knows, with the rows in which they stand."""
    errors = list(unknown_names(request, resolution.results))
    if errors:
        places = ((error.value, f" (row {error.row})" if error.row else "") for error in errors[:NAMES_TOLD])
        more = f" and {len(errors) - NAMES_TOLD:,} more" if len(errors) > NAMES_TOLD else ""
        named = ", ".join(f"{plain(name, 60)}{row}" for name, row in places)
        yield f"No name service knows {named}{more}."


def _by_survey(plan: Plan, outcomes: Sequence[ImageOutcome], rows: int) -> dict[str, dict[str, Any]]:
    """Count the rows by outcome, images and bytes of each of several surveys."""
    counts = {}
    for dataset, statuses in outcomes_by_survey(plan, outcomes, rows).items():
        own = [task for task in plan.tasks if task.refusal is None and task.dataset == dataset]
        counts[plan.surveys[dataset]] = {
            "by_outcome": dict(Counter(statuses)),
            "images": len(own),
            "bytes": sum(task.bytes for task in own),
        }
    return counts


def _unresolved(remaining: int, names: int) -> Iterator[str]:
    """Tell of names that are not resolved yet."""
    if remaining:
        yield (
            f"{remaining} of {names} names are not resolved yet; "
            "they are counted as unresolved here, and asked for again in the batch."
        )


def _absent(plan: Plan) -> Iterator[str]:
    """Tell of images asked for that the archive does not hold."""
    if absent := total_absent(plan.absent, plan.bands(), 0):
        yield f"{absent.images:,} of the images asked for cannot be had: {describe_absent(absent)}."


def _counted_plan(
    request: Request, open_inventory: OpenInventory, settings: Settings, answers: Mapping[str, NameResult]
) -> Plan:
    """Make the plan of a request with few enough images to be counted while somebody waits."""
    most = min(settings.max_images, MAX_COUNTED_IMAGES)
    try:
        return make_plan(
            request, open_inventory, settings.max_batch_bytes, most, answers, settings.worker_timeout
        )
    except TooLarge as error:
        if most == settings.max_images:
            raise
        whole = f"That is the most that are counted here; a batch may have {settings.max_images:,}."
        raise TooLarge(f"{error.detail} {whole}") from None


def _expected(plan: Plan) -> Iterator[ImageOutcome]:
    """Give the outcome of each task where nothing goes wrong."""
    end = plan.end_within_limit(0, done=0)
    for task in plan.tasks:
        if task.refusal is not None:
            yield ImageOutcome(task.index, ImageStatus.FAILED, reason=task.refusal, code=task.refusal_code)
        elif task.index < end:
            yield ImageOutcome(task.index, ImageStatus.RETRIEVED, task.bytes)
        else:
            yield ImageOutcome(task.index, ImageStatus.OVER_LIMIT)
