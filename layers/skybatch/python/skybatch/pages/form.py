"""The web form: all modes of a survey on one page, which works as a plain form post without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from skybatch.batch.reasons import cut_at_edge_reason
from skybatch.pages.environment import render
from skybatch.pages.error import by_line
from skybatch.pages.form_values import FIELDS, FormValues, filled, only_offered
from skybatch.pages.survey_choice import SurveyChoice, survey_choice
from skybatch.plain_text import join_words
from skybatch.presentation import formatting
from skybatch.presentation.gallery.sky_links import Field, sky_links
from skybatch.presentation.outcomes import OUTCOMES
from skybatch.presentation.survey_results import survey_title
from skybatch.settings import Settings
from skybatch.surveys.known import DEFAULT_DATASET, default_survey

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
_FIELD = re.compile(r'data-field="(\S+) (\S+) (\S+)"')


def form_page(
    settings: Settings,
    *,
    values: FormValues | None = None,
    example: str | None = None,
    problem: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    default: str = DEFAULT_DATASET,
    held: Sequence[str] = (),
) -> str:
    """Render the form as HTML.

    Parameters
    ----------
    settings
        The limits that the form names.
    values
        What it is filled in with, such as the fields as posted.
    example
        A mode whose example is filled in; any other word is ignored.
    problem
        A problem+json object; its errors are shown at their fields and cells.
    plan
        The response of ``POST /plans``.
    default, held
        The data set that the form is for where none is given, and those that can be asked for beside it.
    """
    given = values or FormValues({})
    choice = survey_choice(given.fields, default, held)
    of = choice.survey
    given = only_offered(given, _offered(choice), choice)
    shown = filled(given.fields, choice)
    if example and example in of.requests.example:
        shown |= {"mode": example, **of.requests.example[example]}
    return render(
        "form.html",
        **_of_surveys(choice),
        **_of_problem(problem or {}),
        values=shown,
        notices=given.notices,
        table_url=given.table_url,
        is_filled=bool(given.fields.keys() - {"survey", "dataset"}),
        settings=settings,
        planned=plan_sentences(plan, settings) if plan else (),
        sketch=Markup((plan or {}).get("sketch", "")),  # noqa: S704  drawn by us, what users typed escaped
        sky_links=sky_links(_field((plan or {}).get("sketch", ""))),
        is_all_on_map='data-outside="0"' in (plan or {}).get("sketch", 'data-outside="0"'),
    )


def _of_surveys(choice: SurveyChoice) -> dict[str, Any]:
    """Return what the form offers."""
    survey, modes = choice.survey, _modes(choice)
    return {
        "survey": survey,
        "others": choice.others,
        "named_by": join_words(tuple(dict.fromkeys(_NAMED_BY[mode] for mode in modes)), "or"),
        "modes": [each for each in MODES if each[0] in modes],
        "list_modes": LIST_MODES,
        "examples": survey.requests.example,
        "bands": [(band.show, band.label) for band in survey.band],
        "all_bands": _COUNTS.get(len(survey.band), f"all {len(survey.band)}"),
        "datasets": [(survey.survey_id(name), name, survey.dataset_title(name)) for name in survey.datasets],
        "default_survey_id": default_survey().survey_id(DEFAULT_DATASET),
    }


def _modes(choice: SurveyChoice) -> tuple[str, ...]:
    """Return the modes of the form: the first survey's, and beside others a list of image sets of any."""
    modes = choice.survey.requests.modes
    return (*modes, "image_ids") if choice.offered and "image_ids" not in modes else tuple(modes)


def _of_problem(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return a problem, and its errors at the fields and in the table."""
    errors = problem.get("errors") or ()
    of_table = [error for error in errors if not _is_field_error(error)]
    return {
        "problem": problem,
        "field_errors": _field_errors(errors),
        "table_errors": by_line(of_table),
        # Without its centre a region finds nothing; the other rows of a table may find something.
        "asks_about_names": problem.get("code") == "unknown_names" and bool(of_table),
    }


def _offered(choice: SurveyChoice) -> dict[str, tuple[str, ...]]:
    """Return the choices of each field that has some."""
    survey = choice.survey
    rules = survey.requests
    forms = ("fits.gz", "fits", "fz") if survey.has("quicklooks") else ("fits", "fits.gz")
    return {
        "mode": _modes(choice),
        "relation": tuple(rules.relations),
        "hemisphere": ("n", "s", "north", "south"),
        "best": ("true", "false"),
        "edge": ("clip", "pad"),
        "image_type": tuple(rules.image_types),
        "decompress": ("true", "false"),
        "form": forms,
    }


def _is_field_error(error: Mapping[str, Any]) -> bool:
    return error.get("line") is None and error.get("row") is None and error["column"] in FIELDS


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
    for survey, part in (plan.get("by_survey") or {}).items():
        images = f"{formatting.count(part['images'], 'image')}, {formatting.size(part['bytes'])}"
        found.append(f"{survey_title(survey)}: {images}.")
    return [*found, *(formatting.plain(notice, 300) for notice in plan.get("notices") or ())]


def _field(sketch: str) -> Field:
    """Return the part of the sky that a sketch says it shows; all of it without a sketch."""
    found = _FIELD.search(sketch)
    return Field(*map(float, found.groups())) if found else Field(0.0, 0.0, 180.0)
