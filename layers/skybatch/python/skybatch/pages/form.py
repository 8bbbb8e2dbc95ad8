"""The web form: all modes of a survey on one page, which works as a plain form post without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from skybatch.batch.reasons import cut_at_edge_reason
from skybatch.pages.environment import render
from skybatch.plain_text import join_words
from skybatch.presentation import formatting
from skybatch.presentation.outcomes import OUTCOMES
from skybatch.settings import Settings
from skybatch.surveys.band_words import bands
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import dataset_named, default_survey, survey_of
from skybatch.validation import InvalidValue

MODES = (
    ("region", "A region", "every image that overlaps, covers or lies within a circle on the sky"),
    ("positions", "A list of positions", "images of each position or object, whole or cropped"),
    ("image_ids", "A list of image sets", "image sets by identifier; also tables of earlier results"),
    ("coadd_keys", "A list of coadd keys", "image sets by number; also tables of earlier results"),
    ("scan", "One scan", "all images of one scan of one night"),
    ("scans", "A list of scans", "scans, or single images of scans, by date, hemisphere and number"),
)
LIST_MODES = ("positions", "image_ids", "coadd_keys", "scans")
# What the form says that images can be named by, for each mode.
_NAMED_BY = {
    **{"region": "region", "positions": "position", "image_ids": "image set"},
    **{"coadd_keys": "key", "scan": "scan", "scans": "scan"},
}
_COUNTS = {1: "the one there is", 2: "both", 3: "all three", 4: "all four", 5: "all five"}
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("email", "label", "center", "date", "hemisphere", "scan", "table", "size"), ""),
    **{"mode": "region", "diameter": "0.25", "relation": "overlap", "best": "false"},
    **{"image_type": "atlas", "decompress": "true", "form": "", "dataset": "", "edge": "clip", "bands": ()},
}
_TABLE_SHOWN = 200_000  # characters of a pasted table that come back with the page


def form_page(
    settings: Settings,
    *,
    values: Mapping[str, Any] | None = None,
    example: str | None = None,
    problem: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    survey: Survey | None = None,
    others: Sequence[tuple[str, str]] = (),
) -> str:
    """Render the form as HTML.

    Parameters
    ----------
    settings
        The limits that the form names.
    values
        The fields as posted, shown again.
    example
        A mode whose example is filled in; any other word is ignored.
    problem
        A problem+json object; its errors are shown at their fields and cells.
    plan
        The response of ``POST /plans``.
    survey
        The survey that the form is for, where no data set is posted; by default the default one.
    others
        Id and name of further surveys, to whose forms it links.
    """
    of = _survey(values or {}, survey)
    filled = {**_defaults(of), **_posted(values or {}, of)}
    if example and example in of.requests.example:
        filled |= {"mode": example, **of.requests.example[example]}
    filled["table"] = str(filled["table"])[:_TABLE_SHOWN]
    return render(
        "form.html",
        **_of_survey(of),
        **_of_problem(problem or {}),
        others=others,
        values=filled,
        settings=settings,
        planned=plan_sentences(plan, settings) if plan else (),
        sketch=Markup((plan or {}).get("sketch", "")),  # noqa: S704  drawn by us, what users typed escaped
    )


def _of_survey(survey: Survey) -> dict[str, Any]:
    """Return what the form offers for a survey."""
    modes = survey.requests.modes
    return {
        "survey": survey,
        "named_by": join_words(tuple(dict.fromkeys(_NAMED_BY[mode] for mode in modes)), "or"),
        "modes": [each for each in MODES if each[0] in modes],
        "list_modes": LIST_MODES,
        "examples": survey.requests.example,
        "bands": [(band.show, band.label) for band in survey.band],
        "all_bands": _COUNTS.get(len(survey.band), f"all {len(survey.band)}"),
        "datasets": [(name, survey.dataset_title(name)) for name in survey.datasets],
    }


def _of_problem(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return a problem, and its errors at the fields and in the table."""
    errors = problem.get("errors") or ()
    return {
        "problem": problem,
        "field_errors": _field_errors(errors),
        "table_errors": [error for error in errors if not _is_field_error(error)],
    }


def _survey(values: Mapping[str, Any], survey: Survey | None) -> Survey:
    """Return the survey of a posted data set, else the one given."""
    dataset = dataset_named(str(values.get("dataset") or values.get("survey") or "").lower())
    return survey_of(dataset) if dataset else survey or default_survey()


def _defaults(survey: Survey) -> dict[str, Any]:
    """Return what the form has where nothing was posted."""
    shown = tuple(band.show for band in survey.band)
    of_survey = {"dataset": next(iter(survey.datasets)), "form": survey.requests.default_form, "bands": shown}
    return {**_DEFAULTS, **of_survey}


def _posted(values: Mapping[str, Any], survey: Survey) -> dict[str, Any]:
    """Select the posted fields that the form has; of a list, only the last value counts (but for bands)."""
    given = {name: values[name] for name in _DEFAULTS if values.get(name) not in (None, "")}
    bands = given.pop("bands", None)
    single = {name: value[-1] if isinstance(value, list | tuple) else value for name, value in given.items()}
    return single if bands is None else {**single, "bands": _bands(bands, survey)}


def _bands(posted: Any, survey: Survey) -> tuple[str, ...]:
    """Return the bands as the form shows them; words that are no bands are left out."""
    texts = [posted] if isinstance(posted, str) else list(posted)
    words = [word for text in texts for word in str(text).replace(",", " ").split()]
    chosen = {band for word in words for band in _bands_of(word, survey)}
    return tuple(band.show for band in survey.band if band.id in chosen)


def _bands_of(word: str, survey: Survey) -> tuple[str, ...]:
    try:
        return bands(word, survey)
    except InvalidValue:
        return ()


def _is_field_error(error: Mapping[str, Any]) -> bool:
    return error.get("line") is None and error.get("row") is None and error["column"] in _DEFAULTS


def _field_errors(errors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    rules: dict[str, list[str]] = {}
    for error in errors:
        if _is_field_error(error):
            rules.setdefault(error["column"], []).append(error["rule"])
    return {field: "; ".join(found) for field, found in rules.items()}


def plan_sentences(plan: Mapping[str, Any], settings: Settings) -> list[str]:
    """Write what a dry run found: images and bytes, parts, rows without images, notices."""
    found = [f"{formatting.count(plan['images'], 'image').capitalize()}, {formatting.size(plan['bytes'])}."]
    if cut := cut_at_edge_reason(plan.get("cut_at_edge") or 0, plan.get("crops") or 0):
        found.append(f"{cut}.")
    parts = plan.get("parts") or 0
    if parts > 1:
        limit = formatting.size(settings.max_batch_bytes)
        found.append(f"That takes {parts} batches of at most {limit}, started one after another.")
    rows = [
        f"{OUTCOMES.get(outcome, (outcome, ''))[0].lower()}: {formatting.count(number, 'row')}"
        for outcome, number in (plan.get("by_outcome") or {}).items()
        if number and outcome != "retrieved"
    ]
    if rows:
        found.append(f"{'; '.join(rows).capitalize()}.")
    return [*found, *(formatting.plain(notice, 300) for notice in plan.get("notices") or ())]
