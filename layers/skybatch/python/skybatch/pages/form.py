"""The web form: five modes on one page, which works as a plain form post without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from skybatch.batch.reasons import cut_at_edge_reason
from skybatch.pages.environment import render
from skybatch.pages.examples import EXAMPLES
from skybatch.presentation import formatting
from skybatch.presentation.outcomes import OUTCOMES
from skybatch.settings import Settings
from skybatch.surveys.twomass.datasets import DATASET_TITLES

MODES = (
    ("region", "A region", "every image that overlaps, covers or lies within a circle on the sky"),
    ("positions", "A list of positions", "images of each position or object, whole or cropped"),
    ("coadd_keys", "A list of coadd keys", "image sets by number; also tables of earlier results"),
    ("scan", "One scan", "all images of one scan of one night"),
    ("scans", "A list of scans", "scans, or single images of scans, by date, hemisphere and number"),
)
LIST_MODES = ("positions", "coadd_keys", "scans")
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("email", "label", "center", "date", "hemisphere", "scan", "table", "size"), ""),
    **{"mode": "region", "diameter": "0.25", "relation": "overlap", "best": "false"},
    **{"image_type": "atlas", "decompress": "true", "form": "fits.gz", "dataset": "asky", "edge": "clip"},
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
    datasets
        The data sets that the archive holds.
    """
    filled = {**_DEFAULTS, **_posted(values or {})}
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
        table_errors=[error for error in errors if not _is_field_error(error)],
        planned=plan_sentences(plan, settings) if plan else (),
    )


def _posted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Select the posted fields that the form has; of a list, only the last value counts (but for bands)."""
    given = {name: values[name] for name in _DEFAULTS if values.get(name) not in (None, "")}
    bands = given.pop("bands", None)
    single = {name: value[-1] if isinstance(value, list | tuple) else value for name, value in given.items()}
    return single if bands is None else {**single, "bands": _bands(bands)}


def _bands(posted: Any) -> tuple[str, ...]:
    texts = [posted] if isinstance(posted, str) else list(posted)
    words = [word for text in texts for word in str(text).replace(",", " ").split()]
    chosen = {word.upper().removesuffix("S") for word in words}
    return ("J", "H", "K") if chosen & {"ALL", "A"} else tuple(band for band in "JHK" if band in chosen)


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
