"""Gallery and table of a batch's targets: what the templates show of each, and the controls around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

from skybatch.batch.codes import RowStatus
from skybatch.batch.delivery.previews import no_picture, preview_name
from skybatch.batch.delivery.set_names import image_set_name
from skybatch.batch.results.target_choice import GALLERY, SIZES, TABLE, TargetChoice, TargetPage, page_of
from skybatch.batch.results.targets import Picture, Target
from skybatch.plain_text import join_words, plain
from skybatch.presentation.formatting import count
from skybatch.presentation.outcomes import OUTCOMES, describe_reason
from skybatch.surveys.known import band_label, survey_if_known

ID_SHOWN = 40
SORTS = (
    *(("row", "row"), ("-row", "row, last first"), ("id", "id"), ("ra", "right ascension")),
    *(("dec", "declination"), ("-size", "size, largest first"), ("outcome", "outcome")),
)
_OTHER_SORTS = (
    *(("-id", "id, last first"), ("-ra", "right ascension, largest first")),
    *(("-dec", "declination, northernmost first"), ("size", "size, smallest first")),
    ("-outcome", "outcome, in reverse"),
)
EDGES = (("", "any"), ("cut", "cut at the edge"), ("whole", "not cut"))


class GalleryContext(TypedDict):
    """What the templates of gallery and table need."""

    choice: TargetChoice
    shown: TargetPage
    targets: list[dict[str, Any]]
    options: dict[str, Sequence[tuple[str, str]]]
    shown_sentence: str
    colour_sentence: str
    most_pictures: int


def gallery_context(targets: Sequence[Target], choice: TargetChoice) -> GalleryContext:
    """Return what is shown of the targets of a batch that has ended."""
    shown = page_of(targets, choice)
    return {
        "choice": choice,
        "shown": shown,
        "targets": [shown_target(target, choice) for target in shown.targets],
        "options": _options(targets, choice),
        "shown_sentence": _sentence(shown, choice),
        "colour_sentence": colour_sentence(shown.targets),
        "most_pictures": max((len(each.pictures) + bool(each.colour) for each in shown.targets), default=0),
    }


def colour_sentence(targets: Sequence[Target]) -> str:
    """Say which bands are blue, green and red where any target has a colour picture; empty where none has."""
    datasets = dict.fromkeys(target.pictures[0].task.dataset for target in targets if target.colour)
    surveys = list(dict.fromkeys(filter(None, map(survey_if_known, datasets))))
    shown = [(survey, survey.requests.colour.bands) for survey in surveys if survey.requests.colour]
    told = [
        join_words([survey.bands[band].label for band in reversed(bands)])
        + (f" of {survey.short}" if len(shown) > 1 else "")
        for survey, bands in shown
    ]
    return f"Colour is {'; '.join(told)} as blue, green and red." if told else ""


def shown_target(target: Target, choice: TargetChoice) -> dict[str, Any]:
    """Return what is shown of a target; addresses are relative to the page of the batch."""
    first = target.pictures[0].task if target.pictures else None
    here = next((picture.task.file for picture in target.pictures if picture.is_here), None)
    position = target.row.position
    return {
        "title": target_title(target),
        "row": target.row_number,
        "id": plain(target.row.id or target.row.name or "", ID_SHOWN),
        "ra": f"{position.ra:.5f}" if position else "",
        "dec": f"{position.dec:+.5f}" if position else "",
        "image_set": image_set_name(first) if first else "",
        "survey": _survey_name(first.dataset) if first else "",
        "outcome": str(target.outcome),
        "outcome_title": OUTCOMES[target.outcome][0],
        "reason": describe_reason(target.reason) if target.reason else "",
        "bytes": target.bytes,
        "is_cut": target.is_cut,
        "view": view_address(here, choice.query(view=GALLERY, size="medium")) if here else "",
        "pictures": [_shown_picture(picture, choice) for picture in target.pictures],
        "colour": _shown_colour(target, choice) if target.colour else None,
    }


def target_title(target: Target) -> str:
    """Name a target: its row and id, else its image set."""
    words = plain(target.row.id or target.row.name or "", ID_SHOWN)
    if target.row_number:
        return f"Row {target.row_number}{f' · {words}' if words else ''}"
    return image_set_name(target.pictures[0].task) if target.pictures else words or "The request"


def view_address(file: str, query: str) -> str:
    """Return the address of the large view of an image, by the name of its file."""
    return f"views/{file}{query}"


def _survey_name(dataset: str) -> str:
    survey = survey_if_known(dataset)
    return survey.short if survey else dataset


def _shown_picture(picture: Picture, choice: TargetChoice) -> dict[str, Any]:
    task = picture.task
    label = plain(band_label(task.band, task.dataset), 15)
    return {
        "band": label,
        "here": picture.is_here,
        "preview": f"previews/{preview_name(task.file)}",
        "view": view_address(task.file, choice.query(view=GALLERY, size="medium")),
        "no_picture": no_picture(picture.bytes),
        "bytes": picture.bytes,
        "cut": task.cut_at_edge,
        "outcome": OUTCOMES[RowStatus(str(picture.status))][0],
        "reason": describe_reason(picture.reason) if picture.reason else "",
        **dict(zip(("columns", "rows"), picture_size(picture), strict=True)),
    }


def _shown_colour(target: Target, choice: TargetChoice) -> dict[str, Any]:
    name = target.colour or ""
    query = choice.query(view=GALLERY, size="medium")
    return {"preview": f"previews/{name}", "view": view_address(name.removesuffix(".png"), query)}


def picture_size(picture: Picture) -> tuple[int, int]:
    """Return the columns and rows of an image: of the crop, else of the whole image, 1 by 1 if not known."""
    task = picture.task
    if task.box is not None:
        return task.box.width, task.box.height
    return (task.geometry.naxis1, task.geometry.naxis2) if task.geometry else (1, 1)


def _options(targets: Sequence[Target], choice: TargetChoice) -> dict[str, Sequence[tuple[str, str]]]:
    """Return what can be chosen: only what occurs."""
    return {
        "outcome": [("", "any"), *_outcomes(targets)],
        "band": [("", "all"), *_bands(targets)],
        "edge": EDGES if any(target.is_cut for target in targets) else EDGES[:1],
        "sort": [*SORTS, *(each for each in _OTHER_SORTS if each[0] == choice.sort)],
        "size": [(size, size) for size in SIZES],
        "view": [(GALLERY, "Gallery"), (TABLE, "Table")],
    }


def _outcomes(targets: Sequence[Target]) -> Iterator[tuple[str, str]]:
    occurring = {target.outcome for target in targets}
    yield from ((str(each), OUTCOMES[each][0].lower()) for each in OUTCOMES if each in occurring)


def _bands(targets: Sequence[Target]) -> Iterator[tuple[str, str]]:
    """Yield the bands that occur, in the order of surveys and their bands."""
    datasets: dict[str, set[str]] = {}
    for target in targets:
        for picture in target.pictures:
            datasets.setdefault(picture.task.dataset, set()).add(picture.task.band)
    seen: set[str] = set()
    for dataset, bands in datasets.items():
        survey = survey_if_known(dataset)
        for band in [*(survey.bands if survey else ()), *sorted(bands)]:
            if band in bands and band not in seen:
                seen.add(band)
                yield band, band_label(band, dataset)


def _sentence(shown: TargetPage, choice: TargetChoice) -> str:
    """Say which targets of how many are on the page."""
    if not shown.found:
        return "None of them is as chosen here." if choice.is_filter else ""
    of = f" of {count(shown.found, 'target')}"
    last = shown.first + len(shown.targets) - 1
    chosen = f" chosen from {shown.all:,}" if choice.is_filter and shown.found < shown.all else ""
    if shown.pages == 1:
        return f"{count(shown.found, 'target')}{chosen}."
    return f"{shown.first:,} to {last:,}{of}{chosen}."
