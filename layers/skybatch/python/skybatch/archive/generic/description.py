"""The description of a survey of any FITS images, in TOML as people write them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from skybatch.archive.generic.bands import NO_BAND

FILE = "file"
NO_CARD = "none"
"""How the band of a header is read that has no card for it."""
LONGEST_ID = 31
DEFAULT_ID = "generic"
COLUMNS = {
    "filter": ("FILTER", "char", "", "Filter, as the header says it."),
    "object": ("OBJECT", "char", "", "Object, as the header says it."),
    "date_obs": ("DATE-OBS", "char", "", "When the image was taken, as the header says it."),
    "exptime": ("EXPTIME", "double", "s", "Exposure time, as the header says it."),
}
"""Columns of every such survey: keyword, type, unit and words."""
_FORMS = ("fits", "fit", "fts", "fits.fz", "fit.fz", "fts.fz", "fz", "fits.gz", "fit.gz", "fts.gz")
"""Endings in the order in which crops prefer them: those of which a part can be read before the others."""


@dataclass(frozen=True)
class Facts:
    """What a description says of a tree.

    Attributes
    ----------
    name
        Name of the folder or bucket.
    survey_id
        Identifier of the survey.
    bands
        Label of each band, by identifier.
    forms
        Endings that files have.
    facility, instrument
        Where all images are of one.
    keywords
        Columns that are read besides, and their keywords.
    example
        Right ascension and declination, degrees, and a size, arcsec: a crop that an image has.
    """

    name: str
    survey_id: str
    bands: Mapping[str, str]
    forms: Iterable[str]
    facility: str = ""
    instrument: str = ""
    keywords: Sequence[str] = ()
    example: tuple[float, float, float] | None = None


def survey_id(name: str, taken: Collection[str] = ()) -> str:
    """Return the identifier that the name of a folder makes; that of no other survey."""
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_ID].strip("-") or DEFAULT_ID
    if made not in taken:
        return made
    return f"{made[: LONGEST_ID - len(DEFAULT_ID) - 1]}-{DEFAULT_ID}"


def description(facts: Facts) -> str:
    """Return the text of a description."""
    lines = [
        "# Made by `skybatch archive index` of what the headers of the images say.",
        "schema = 1",
        f"id = {_text(facts.survey_id)}",
        f"title = {_text(f'{facts.name} collection')}",
        f"short = {_text(facts.name)}",
        f"mission = {{ name = {_text(facts.survey_id.replace('-', '_'))} }}",
        f"facility = {_text(facts.facility)}",
        f"instrument = {_text(facts.instrument)}",
        'dataset = [{ path = "images/fits", title = "FITS images" }]',
        "band = [",
        *(_band(name, label) for name, label in facts.bands.items()),
        "]",
        f'[place]\nprefix = ""\n[fields]\n{FILE} = {{ type = "path" }}',
        f'[set]\nfields = ["{FILE}"]\nid = "{{{FILE}}}"',
        *(['grid = "band"'] if len(facts.bands) > 1 else []),
        f'[product.image]\ntitle = "FITS"\nkey = "{{{FILE}}}"\nbitpix = 0',
        f"forms = {json.dumps(_ordered(facts.forms))}",
        _names(),
        "[header]",
        'frame = "ICRS"\nany_frame = true',
        *(['band_keyword = "FILTER"'] if len(facts.bands) > 1 else []),
        *_columns(facts),
        *_examples(facts.example),
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Return a basic string of TOML, whose escapes are JSON's."""
    return json.dumps("".join(letter if letter.isprintable() else " " for letter in text))


def _band(name: str, label: str) -> str:
    words = [name, NO_CARD] if name == NO_BAND else [name]
    return f"  {{ id = {_text(name)}, label = {_text(label)}, words = {json.dumps(words)} }},"


def _ordered(forms: Iterable[str]) -> list[str]:
    return sorted(set(forms), key=lambda form: (_FORMS.index(form.lower()), form))


def _names() -> str:
    title, file = f'"{{{FILE}}} {{band.show}}"', f'"{{{FILE}}}"'
    return f'[names]\nsia = {title}\ntitle = {title}\nobs = {title}\nfile = {file}\ncolour = "{{{FILE}}}_rgb"'


def _columns(facts: Facts) -> list[str]:
    more = {key.lower(): (key, "char", "", f"{key} of the header.") for key in facts.keywords}
    columns = COLUMNS | {name: column for name, column in more.items() if name not in COLUMNS}
    values = ", ".join(f'{name} = "{keyword}"' for name, (keyword, *_) in columns.items())
    tables = [
        f'{name} = {{ of = "set", type = "{kind}", unit = "{unit}", doc = {_text(words)} }}'
        for name, (_, kind, unit, words) in columns.items()
    ]
    return [f"values = {{ {values} }}", "[columns]", *tables]


def _examples(example: tuple[float, float, float] | None) -> list[str]:
    if example is None:
        return []
    ra, dec, size = example
    row = f"{ra:.6f},{dec:.6f},{size:.6g},here"
    return [
        f'[requests.example.region]\ncenter = "{ra:.6f} {dec:.6f}"\ndiameter = "0.1"\nrelation = "overlap"',
        f'[requests.example.positions]\ntable = "ra,dec,size,id\\n{row}\\n"',
    ]
