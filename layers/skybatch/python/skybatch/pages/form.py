"""The web form: five ways of asking, on one page that works as a plain form post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from skybatch.pages.environment import render
from skybatch.pages.examples import EXAMPLES
from skybatch.presentation import formatting, summary
from skybatch.settings import Settings
from skybatch.surveys.twomass.datasets import DATASET_TITLES

MODES = (
    ("region", "A region", "every image that overlaps, covers or lies within a circle on the sky"),
    ("positions", "A list of positions", "images of each position or object, whole or cropped"),
    ("coadd_keys", "A list of coadd keys", "image sets by number; also our own tables, sent back"),
    ("scan", "One scan", "all images of one scan of one night"),
    ("scans", "A list of scans", "scans, or single images of scans, by date, hemisphere and number"),
)
LIST_MODES = ("positions", "coadd_keys", "scans")
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("email", "label", "center", "date", "hemisphere", "scan", "table"), ""),
    **{"mode": "region", "diameter": "0.25", "relation": "overlap", "best": "false"},
    **{"image_type": "atlas", "decompress": "true", "form": "fits.gz", "dataset": "asky"},
    "bands": ("J", "H", "K"),
}
_TABLE_SHOWN = 200_000  # characters of a pasted table that come back with the page


def form_page(
    settings: Settings,
    *,
    values: Mapping[str, Any] | None = None,
    example: str | None = None,
    problem: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    datasets: Sequence[str] = tuple(DATASET_TITLES),
) -> str:
    """The form as HTML.

    `values` are the fields as posted, shown again; `example` names a mode whose example is filled in
    (any other word is ignored). `problem` is a problem+json object, its errors shown at their fields and
    cells; `plan` the answer of ``POST /plans``. `datasets` are those the archive holds.
    """
    filled = {**_DEFAULTS, **_given(values or {})}
    if example in EXAMPLES:
        filled |= {"mode": example, **EXAMPLES[example]}
    filled["table"] = str(filled["table"])[:_TABLE_SHOWN]
    errors = (problem or {}).get("errors") or ()
    return render(
        "form.html",
        modes=MODES,
        list_modes=LIST_MODES,
        values=filled,
        examples=EXAMPLES,
        datasets=[(name, DATASET_TITLES.get(name, name)) for name in datasets],
        settings=settings,
        problem=problem or {},
        field_errors=_field_errors(errors),
        table_errors=[error for error in errors if not _of_field(error)],
        planned=plan_sentences(plan, settings) if plan else (),
    )


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was posted, of the fields the form has; a list where only the last value counts is one."""
    given = {name: values[name] for name in _DEFAULTS if values.get(name) not in (None, "")}
    bands = given.pop("bands", None)
    single = {name: value[-1] if isinstance(value, list | tuple) else value for name, value in given.items()}
    return single if bands is None else {**single, "bands": _bands(bands)}


def _bands(posted: Any) -> tuple[str, ...]:
    words = [posted] if isinstance(posted, str) else list(posted)
    asked = {word.upper().removesuffix("S") for text in words for word in str(text).replace(",", " ").split()}
    return ("J", "H", "K") if asked & {"ALL", "A"} else tuple(band for band in "JHK" if band in asked)


def _of_field(error: Mapping[str, Any]) -> bool:
    return error.get("line") is None and error.get("row") is None and error["column"] in _DEFAULTS


def _field_errors(errors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    rules: dict[str, list[str]] = {}
    for error in errors:
        if _of_field(error):
            rules.setdefault(error["column"], []).append(error["rule"])
    return {field: "; ".join(found) for field, found in rules.items()}


def plan_sentences(plan: Mapping[str, Any], settings: Settings) -> list[str]:
    """What a dry run found, in sentences: images and bytes, parts, rows without images, notices."""
    found = [f"{formatting.count(plan['images'], 'image').capitalize()}, {formatting.size(plan['bytes'])}."]
    parts = plan.get("parts") or 0
    if parts > 1:
        limit = formatting.size(settings.max_batch_bytes)
        found.append(f"That takes {parts} batches of at most {limit}, started one after another.")
    rows = [
        f"{summary.OUTCOMES.get(outcome, (outcome, ''))[0].lower()}: {formatting.count(number, 'row')}"
        for outcome, number in (plan.get("by_outcome") or {}).items()
        if number and outcome != "retrieved"
    ]
    if rows:
        found.append(f"{'; '.join(rows).capitalize()}.")
    return [*found, *(formatting.plain(notice, 300) for notice in plan.get("notices") or ())]
