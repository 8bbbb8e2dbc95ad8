"""The fields of a request as they are posted, each read by its own rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from skybatch.requests import values
from skybatch.requests.model import Mode
from skybatch.requests.position_rows import anywhere
from skybatch.requests.table_rows import FORMS
from skybatch.sky.coordinates import Location
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import DATASETS, DEFAULT_DATASET
from skybatch.validation import InvalidValue

RELATIONS = ("overlap", "cover", "enclosed")
MOST_LABEL_CHARACTERS = 200
MOST_EMAIL_CHARACTERS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
EMAIL = re.compile(r"[^\s@,;<>\"()\[\]\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

T = TypeVar("T")


def text(value: Any) -> str:
    """A field as text; a number of JSON counts as its text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InvalidValue("must be text")


def lenient(read: Callable[[str], T], default: Any) -> Callable[[Any], T | Any]:
    """Reads a field by ``read``; an absent, null or empty one is the default.

    A form that sends a field several times, as a hidden field under a checkbox does, means the last.
    """

    def validate(value: Any) -> T | Any:
        last = value[-1] if isinstance(value, list) and value else value
        if last is None or (isinstance(last, str) and not last.strip()):
            return default
        return read(text(last))

    return validate


def reader(read: Callable[[str], Any], default: Any) -> BeforeValidator:
    """The validator of a field that ``read`` reads."""
    return BeforeValidator(lenient(read, default))


def flag_field(default: bool) -> BeforeValidator:
    """A yes or no that JSON may also write as true or false."""
    from_text = lenient(values.flag, default)
    return BeforeValidator(lambda value: value if isinstance(value, bool) else from_text(value))


def band_list(value: Any) -> tuple[str, ...]:
    """Bands as one word, several with commas or blanks between, or a list."""
    texts = [text(item) for item in (value if isinstance(value, list) else [value]) if item is not None]
    words = [word for item in texts for word in item.replace(",", " ").split()]
    asked = {band for word in words for band in band_word(word)}
    return tuple(band for band in BANDS if band in asked) or BANDS


def band_word(word: str) -> tuple[str, ...]:
    """The bands one word asks for."""
    try:
        return values.bands(word)
    except InvalidValue:
        raise InvalidValue("must be J, H, K (or Ks), a list of them, or all") from None


def mode_word(word: str) -> Mode:
    """One of the five modes."""
    return Mode(values.choice(word, tuple(Mode)))


def email_address(word: str) -> str:
    """An address that one message can be sent to."""
    if len(word) > MOST_EMAIL_CHARACTERS or not word.isprintable() or not EMAIL.fullmatch(word):
        raise InvalidValue("must be one e-mail address")
    return word


def label_text(words: str) -> str:
    """The user's name for the batch."""
    if len(words) > MOST_LABEL_CHARACTERS or not words.isprintable():
        raise InvalidValue(f"must be one printable line of at most {MOST_LABEL_CHARACTERS} characters")
    return words


def diameter_degrees(word: str) -> float:
    """The region's diameter before it is clamped."""
    try:
        return values.number(word)
    except InvalidValue:
        raise InvalidValue("must be a decimal number of degrees") from None


def one_of(*words: str) -> Callable[[str], str]:
    """One of a few words."""
    return lambda word: values.choice(word, words)


def where(words: str) -> Location | str:
    """A region's center: a coordinate in any form, else an object name."""
    return anywhere(words)


class Body(BaseModel):
    """The fields of POST /batches and POST /plans but the table, flat, the same in JSON and in a form."""

    model_config = ConfigDict(extra="ignore", frozen=True, validate_default=False)

    mode: Annotated[Mode | None, reader(mode_word, None)] = None
    email: Annotated[str | None, reader(email_address, None)] = None
    bands: Annotated[tuple[str, ...], BeforeValidator(band_list)] = BANDS
    image_type: Annotated[ImageType, reader(values.image_type, ImageType.ATLAS)] = ImageType.ATLAS
    decompress: Annotated[bool, flag_field(True)] = True
    form: Annotated[str, reader(one_of(*FORMS), "fits.gz")] = "fits.gz"
    dataset: Annotated[str, reader(one_of(*DATASETS), DEFAULT_DATASET)] = DEFAULT_DATASET
    label: Annotated[str | None, reader(label_text, None)] = None
    center: Annotated[Any, reader(where, None)] = None
    diameter: Annotated[float | None, reader(diameter_degrees, None)] = None
    relation: Annotated[str, reader(one_of(*RELATIONS), "overlap")] = "overlap"
    best: Annotated[bool, flag_field(False)] = False
    date: Annotated[str | None, reader(values.xdate, None)] = None
    hemisphere: Annotated[str | None, reader(values.hemisphere, None)] = None
    scan: Annotated[int | None, reader(values.scan, None)] = None
