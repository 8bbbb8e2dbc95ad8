"""What the form is filled in with: a posted form, the fields of the page's address, or an earlier request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from skybatch.pages.survey_choice import SurveyChoice, unknown_surveys
from skybatch.presentation.formatting import plain
from skybatch.surveys.band_words import bands
from skybatch.validation import InvalidValue

FIELDS = (
    *("mode", "email", "label", "center", "diameter", "relation", "date", "hemisphere", "scan"),
    *("table", "size", "best", "edge", "first_row"),
    *("bands", "image_type", "decompress", "form", "survey", "unknown_names"),
)
LISTS = ("bands", "survey")
TABLE_SHOWN = 1_000_000
"""Bytes of a table that come back with the page; a longer one is chosen again as a file."""
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("email", "label", "center", "date", "hemisphere", "scan", "table", "size"), ""),
    **{"mode": "region", "diameter": "0.25", "relation": "overlap", "best": "false", "first_row": "1"},
    **{"image_type": "atlas", "decompress": "true", "form": "", "survey": "", "edge": "clip", "bands": ()},
    "unknown_names": "refuse",
}
# Fields that say the mode where an address does not name it.
_MODE_OF = {"center": "region", "diameter": "region", "date": "scan", "scan": "scan", "table": "positions"}
_YES_OR_NO = ("best", "decompress")
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "1"), "true"),
    **dict.fromkeys(("false", "no", "n", "0"), "false"),
}


@dataclass(frozen=True)
class FormValues:
    """Fields to fill in, and sentences about what could not be filled in as it was given.

    ``table_url`` is where a table lies that cannot be shown.
    """

    fields: Mapping[str, Any]
    notices: tuple[str, ...] = ()
    table_url: str = ""


def from_post(fields: Mapping[str, Any], table: bytes | None) -> FormValues:
    """Return a posted form's values, with its table where that is text: no browser keeps a chosen file."""
    text, notice = _shown(table)
    return FormValues({**fields, "table": text}, (notice,) if notice else ())


def from_address(parameters: Mapping[str, Sequence[str]]) -> FormValues:
    """Return the fields in the query of the form's address, named as those of a request.

    The mode follows from them where it is not named.
    """
    given = {name: list(values) if name in LISTS else values[-1] for name, values in parameters.items()}
    fields = {name: value for name, value in given.items() if name in (*FIELDS, "dataset")}
    if fields and "mode" not in fields:
        fields["mode"] = next((mode for name, mode in _MODE_OF.items() if name in fields), "region")
    unknown = [name for name in given if name not in fields and name != "mode"]
    return FormValues(
        fields,
        tuple(f"The address has the field {plain(name, 40)!r}, which the form has not." for name in unknown),
    )


def from_request(
    body: Mapping[str, Any], table: bytes | None, table_name: str | None, url: str
) -> FormValues:
    """Return the values of an earlier request: its ``request.json``, and its table, which lies at ``url``."""
    text, notice = _shown(table)
    fields = {name: _text(value) for name, value in body.items() if name in (*FIELDS, "dataset")}
    if not notice:
        return FormValues({**fields, "table": text})
    named = f"{notice} It is {plain(table_name or 'a file', 80)}, which can be downloaded from that batch."
    return FormValues({**fields, "table": text}, (named,), url)


def filled(given: Mapping[str, Any], choice: SurveyChoice) -> dict[str, Any]:
    """Return a value for each field of the form: the one given, else the surveys' or the form's default."""
    shown = tuple(dict.fromkeys(band.show for survey in choice.surveys for band in survey.band))
    survey = choice.survey
    own = {"survey": survey.survey_id(choice.dataset), "form": survey.requests.default_form, "bands": shown}
    values = {**_DEFAULTS, **own, **_given(given, choice)}
    return {**values, "survey": own["survey"]}


def only_offered(given: FormValues, offered: Mapping[str, Sequence[str]], choice: SurveyChoice) -> FormValues:
    """Leave out values that are none of a field's choices, so that its default stands, and tell which."""
    values = _given(given.fields, choice)
    wrong = [(name, values[name]) for name in offered if name in values and values[name] not in offered[name]]
    words = [
        *(("bands", word) for word in _band_words(given.fields.get("bands")) if not _bands_of(word, choice)),
        *(("survey", word) for word in unknown_surveys(given.fields)),
    ]
    left_out = {name for name, _ in wrong}
    kept = {name: value for name, value in given.fields.items() if name not in left_out}
    said = (
        f"{name} {plain(value, 40)!r} is none of the choices here and was left out."
        for name, value in (*wrong, *words)
    )
    return replace(given, fields=kept, notices=(*given.notices, *said))


def _shown(table: bytes | None) -> tuple[str, str]:
    """Return a table as text, and else why it cannot be shown."""
    again = "Choose the file again."
    if not table:
        return "", ""
    if len(table) > TABLE_SHOWN:
        return "", f"The table is too long to be shown here ({len(table):,} bytes). {again}"
    try:
        text = table.decode()
    except UnicodeDecodeError:
        return "", f"The table is no text. {again}"
    return (text, "") if "\0" not in text else ("", f"The table is no text. {again}")


def _given(given: Mapping[str, Any], choice: SurveyChoice) -> dict[str, Any]:
    """Select the fields that the form has; of a list, only the last value counts (but for bands)."""
    known = {name: given[name] for name in FIELDS if given.get(name) not in (None, "")}
    chosen = known.pop("bands", None)
    single = {name: value[-1] if isinstance(value, list | tuple) else value for name, value in known.items()}
    for name in _YES_OR_NO:
        if name in single:
            single[name] = _FLAGS.get(str(single[name]).lower(), single[name])
    return single if chosen is None else {**single, "bands": _shown_bands(chosen, choice)}


def _text(value: Any) -> Any:
    """Return a value of JSON as the form has it: numbers and flags as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else value


def _shown_bands(posted: Any, choice: SurveyChoice) -> tuple[str, ...]:
    """Return the bands as the form shows them; words that are no bands are left out."""
    chosen = {band for word in _band_words(posted) for band in _bands_of(word, choice)}
    shown = (band for survey in choice.surveys for band in survey.band if band.id in chosen)
    return tuple(dict.fromkeys(band.show for band in shown))


def _band_words(posted: Any) -> list[str]:
    texts = [posted] if isinstance(posted, str) else list(posted or ())
    return [word for text in texts for word in str(text).replace(",", " ").split()]


def _bands_of(word: str, choice: SurveyChoice) -> set[str]:
    """Return the bands that a word names in any of the surveys."""
    found: set[str] = set()
    for survey in choice.surveys:
        with suppress(InvalidValue):
            found.update(bands(word, survey))
    return found
