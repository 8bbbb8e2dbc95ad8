"""Scenes of requests: what a batch would give, what it wants while it runs, and what it gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.delivery.set_names import image_set_name
from skybatch.batch.outcomes import ImageOutcome, RowOutcome, row_outcomes
from skybatch.batch.plan import Plan, Task
from skybatch.fits.pixel_box import PixelBox
from skybatch.plain_text import join_words, plain
from skybatch.presentation.sky_sketch.scene import Circle, Mark, MarkKind, Outlines, Scene, no_outlines
from skybatch.requests.model import Mode, Request
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import Projection
from skybatch.sky.vectors import Floats
from skybatch.surveys.known import band_label, survey_if_known

if TYPE_CHECKING:
    from skybatch.inventory.image_geometry import ImageGeometry

EXPECTED_LABELS = {
    MarkKind.COVERED: "Covered",
    MarkKind.PARTLY: "Partly covered: cut at an edge, or bands missing",
    MarkKind.LEFT_OUT: "Not delivered",
    MarkKind.NOT_COVERED: "Not covered",
}
FINAL_LABELS = {
    **EXPECTED_LABELS,
    MarkKind.COVERED: "Retrieved",
    MarkKind.PARTLY: "Partly: cut at an edge, or images missing",
}
_KINDS = {
    RowStatus.RETRIEVED: MarkKind.COVERED,
    RowStatus.DUPLICATE: MarkKind.COVERED,
    RowStatus.PARTIAL: MarkKind.PARTLY,
    RowStatus.NOT_COVERED: MarkKind.NOT_COVERED,
}
_TITLES = {status: str(status).replace("_", " ") for status in RowStatus}
_EXPECTED_TITLES = {**_TITLES, RowStatus.RETRIEVED: "covered", RowStatus.PARTIAL: "partly beyond the limit"}
_ID_SHOWN = 40


def expected_scene(request: Request, plan: Plan, outcomes: Sequence[ImageOutcome]) -> Scene:
    """Return the scene of a dry run, by the outcomes to expect."""
    return _scene(
        "What this request covers on the sky", request, plan, outcomes, (EXPECTED_LABELS, _EXPECTED_TITLES)
    )


def running_scene(request: Request, plan: Plan) -> Scene:
    """Return the scene of a batch that runs: what its plan covers."""
    expected = [
        ImageOutcome(task.index, ImageStatus.FAILED if task.refusal else ImageStatus.RETRIEVED)
        for task in plan.tasks
    ]
    return _scene(
        "What this batch covers on the sky", request, plan, expected, (EXPECTED_LABELS, _EXPECTED_TITLES)
    )


def final_scene(request: Request, plan: Plan, outcomes: Sequence[ImageOutcome]) -> Scene:
    """Return the scene of a batch that has ended."""
    return _scene("The results of this batch on the sky", request, plan, outcomes, (FINAL_LABELS, _TITLES))


def _scene(
    title: str,
    request: Request,
    plan: Plan,
    outcomes: Sequence[ImageOutcome],
    words: tuple[Mapping[MarkKind, str], Mapping[RowStatus, str]],
) -> Scene:
    rows = row_outcomes(plan, outcomes, len(request.rows))
    region = request.region
    center = region.center if region else None
    labels, titles = words
    marks = tuple(_marks(request, plan, rows, titles)) if region is None else ()
    return Scene(
        title=title,
        marks=marks,
        labels=labels,
        images=_images(plan.tasks),
        crops=_crops(plan.tasks),
        region=Circle(center.ra, center.dec, region.diameter / 2.0) if region and center else None,
        without_position=_lost(request, marks),
    )


def _lost(request: Request, marks: Sequence[Mark]) -> int:
    """Count the rows of positions that have none."""
    return len(request.rows) - len(marks) if request.mode is Mode.POSITIONS else 0


def _marks(
    request: Request, plan: Plan, rows: Iterable[RowOutcome], titles: Mapping[RowStatus, str]
) -> Iterator[Mark]:
    """Yield a mark for each row with a position."""
    cut = _cut_rows(plan.tasks)
    for outcome in rows:
        row = request.rows[outcome.row]
        if row.position is None:
            continue
        kind = _kind(outcome, outcome.row in cut)
        number = row.row_number or outcome.row + 1
        name = f" ({plain(row.id or row.name, _ID_SHOWN)})" if row.id or row.name else ""
        edge = ", cut at the edge" if outcome.row in cut else ""
        place = f"{row.position.ra:.5f} {row.position.dec:+.5f}"
        text = f"Row {number}{name}, {place}: {titles[outcome.status]}{edge}"
        yield Mark(row.position.ra, row.position.dec, number, kind, text, f"Row {number}{name}")


def _cut_rows(tasks: Iterable[Task]) -> set[int]:
    """Return the rows of which a band has no crop that is whole."""
    crops = [task for task in tasks if task.box is not None]
    whole = {(task.row, task.band) for task in crops if not task.cut_at_edge}
    return {task.row for task in crops if (task.row, task.band) not in whole}


def _kind(outcome: RowOutcome, is_cut: bool) -> MarkKind:
    kind = _KINDS.get(outcome.status, MarkKind.LEFT_OUT)
    partly = kind is MarkKind.COVERED and (is_cut or outcome.absent is not None or outcome.beside is not None)
    return MarkKind.PARTLY if partly else kind


class _Shown(NamedTuple):
    """A quadrilateral before its corners are worked out."""

    geometry: ImageGeometry
    box: tuple[int, int, int, int]  # first column and row from 0, columns, rows
    text: str
    group: str
    cut: bool = False


def _images(tasks: Sequence[Task]) -> Outlines:
    """Return the outlines of the image sets that a plan reads."""
    sets: dict[tuple[str, int], list[Task]] = defaultdict(list)
    for task in tasks:
        sets[task.dataset, task.set_index].append(task)
    placed = ((of_set[0].geometry, of_set) for of_set in sets.values())
    return _outlines([_image(geometry, of_set) for geometry, of_set in placed if geometry is not None])


def _image(geometry: ImageGeometry, tasks: Sequence[Task]) -> _Shown:
    first = tasks[0]
    bands = _bands(first.dataset, {task.band for task in tasks})
    rows = sorted({task.row_number for task in tasks if task.row_number})
    named = f", row{'s' if len(rows) > 1 else ''} {_some(rows)}" if rows else ""
    title = _title(first.dataset)
    box = (0, 0, geometry.naxis1, geometry.naxis2)
    return _Shown(
        geometry, box, f"{title} image {image_set_name(first)}: {bands}{named}", f"{title}, {bands}"
    )


def _some(rows: Sequence[int]) -> str:
    words = [str(row) for row in rows[:5]]
    return join_words([*words, f"{len(rows) - 5:,} more"] if len(rows) > 5 else words)


def _crops(tasks: Sequence[Task]) -> Outlines:
    """Return the outlines of crops: one for the bands that are cut alike."""
    alike: dict[tuple[int, str, int], _Shown] = {}
    for task in tasks:
        place = task.row, task.dataset, task.set_index
        if task.box is not None and task.geometry is not None and place not in alike:
            alike[place] = _crop(task, task.geometry, task.box)
    return _outlines(list(alike.values()))


def _crop(task: Task, geometry: ImageGeometry, pixels: PixelBox) -> _Shown:
    box = (*pixels.corner, pixels.width, pixels.height)
    row = task.row_number or task.row + 1
    edge = ", cut at the edge of the image" if task.cut_at_edge else ""
    text = f"Row {row}: crop of {pixels.width} x {pixels.height} pixels of {image_set_name(task)}{edge}"
    return _Shown(geometry, box, text, _title(task.dataset), task.cut_at_edge)


def _outlines(shown: Sequence[_Shown]) -> Outlines:
    if not shown:
        return no_outlines()
    groups = tuple(dict.fromkeys(each.group for each in shown))
    number = {name: place for place, name in enumerate(groups)}
    ra, dec = _corners(shown)
    return Outlines(
        ra=ra,
        dec=dec,
        texts=tuple(each.text for each in shown),
        group=np.array([number[each.group] for each in shown], np.intp),
        groups=groups,
        cut=np.array([each.cut for each in shown], bool),
    )


def _corners(shown: Sequence[_Shown]) -> tuple[Floats, Floats]:
    """Return ICRS positions (n, 4) of the outer corners of boxes of pixels, frame by frame."""
    ra, dec = np.full((2, len(shown), 4), np.nan)
    frames = np.array([each.geometry.frame for each in shown])
    for frame in map(ImageFrame, sorted(set(frames.tolist()))):
        of_frame = np.flatnonzero(frames == frame)
        chosen = [shown[i] for i in of_frame.tolist()]
        footprints = footprints_of([each.geometry for each in chosen], frame)
        x0, y0, nx, ny = np.array([each.box for each in chosen], np.float64).T[:, :, None] + 0.0
        x = np.concatenate([x0, x0 + nx, x0 + nx, x0], axis=1) + 0.5
        y = np.concatenate([y0, y0, y0 + ny, y0 + ny], axis=1) + 0.5
        ra[of_frame], dec[of_frame] = frame.to_icrs(*footprints.to_sky(x, y))
    return ra, dec


def footprints_of(geometries: Sequence[ImageGeometry], frame: ImageFrame) -> Footprints:
    """Return where images of one frame lie."""
    columns = {
        name: np.array([getattr(geometry, name) for geometry in geometries])
        for name in geometries[0]._fields
        if name not in ("projection", "frame")
    }
    projections = np.array([Projection[geometry.projection] for geometry in geometries], np.float64)
    return Footprints.from_keywords({**columns, "projection": projections}, frame)


def _bands(dataset: str, bands: set[str]) -> str:
    """Write bands in their survey's order."""
    survey = survey_if_known(dataset)
    ordered = [band for band in survey.bands if band in bands] if survey else sorted(bands)
    return ", ".join(band_label(band, dataset) for band in ordered)


def _title(dataset: str) -> str:
    survey = survey_if_known(dataset)
    return survey.dataset_title(dataset) if survey else dataset
