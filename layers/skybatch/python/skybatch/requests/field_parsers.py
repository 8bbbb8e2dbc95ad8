"""Parsers of the fields of a request: values of JSON or texts of a form. Each raises InvalidValue."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from skybatch.requests import values
from skybatch.requests.model import Mode
from skybatch.requests.position_text import parse_position_or_name
from skybatch.sky.coordinates import Location
from skybatch.sky.units import ARCSEC_PER_DEGREE, angle_unit
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import dataset_named, known_surveys
from skybatch.surveys.selection import SurveySelection, selection
from skybatch.validation import InvalidValue

MAX_LABEL_CHARACTERS = 200
# Modes whose rows name image sets; a table of this service is taken in either.
IMAGE_SET_LISTS = (Mode.IMAGE_IDS, Mode.COADD_KEYS)

T = TypeVar("T")


def as_text(value: Any) -> str:
    """Return a field as text; a number of JSON counts as its digits. Raises InvalidValue."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InvalidValue("must be text")


def with_default(parse: Callable[[str], T], default: Any) -> Callable[[Any], T | Any]:
    """Return a function that parses a field; one that is absent, null or empty is the default.

    Of a field that a form sends several times, as a hidden field under a checkbox is, the last counts.
    """

    def validate(value: Any) -> T | Any:
        last = value[-1] if isinstance(value, list) and value else value
        if last is None or (isinstance(last, str) and not last.strip()):
            return default
        return parse(as_text(last))

    return validate


def words_of(value: Any) -> list[str]:
    """Return the words of a field: one text, several with commas or blanks between, or a list of them."""
    texts = [as_text(item) for item in (value if isinstance(value, list) else [value]) if item is not None]
    return [word for item in texts for word in item.replace(",", " ").split()]


def parse_bands(value: Any, asked: SurveySelection | None = None) -> tuple[str, ...]:
    """Parse bands of all surveys asked for, as `words_of` takes them; without any, all."""
    found = (asked or selection()).bands(words_of(value))
    return tuple(dict.fromkeys(band for bands in found.values() for band in bands))


def parse_mode(text: str, asked: SurveySelection | None = None) -> Mode:
    """Parse one of the modes that the surveys asked for have.

    Where there is a list of image sets, one by numbers and one by identifiers are both taken: it may be a
    table of this service, which has either.
    """
    modes = (asked or selection()).modes
    if text.lower() in IMAGE_SET_LISTS and any(mode in modes for mode in IMAGE_SET_LISTS):
        return Mode(text.lower())
    return Mode(values.choice(text, modes))


def parse_image_type(text: str, asked: SurveySelection | None = None) -> ImageType:
    """Parse a type of image that all surveys asked for have."""
    image_type = values.image_type(text)
    for survey in (asked or selection()).surveys:
        if image_type.value not in survey.requests.image_types:
            raise InvalidValue(f"must be {' or '.join(survey.requests.image_types)} for {survey.short}")
    return image_type


def parse_relation(text: str, asked: SurveySelection | None = None) -> str:
    """Parse a relation of images to a region that all surveys asked for have."""
    return values.choice(text, (asked or selection()).relations)


def parse_dataset(text: str) -> str:
    """Parse a data set by its name or by the id of its survey; return its name."""
    dataset = dataset_named(text.lower())
    if dataset is None:
        raise InvalidValue(f"must be one of {', '.join(known_surveys())}")
    return dataset


def parse_survey(text: str) -> str:
    """Parse the id of a survey; return the name of its data set."""
    dataset = dataset_named(text.lower())
    if dataset is None:
        raise InvalidValue(_rule_of_surveys())
    return dataset


def _rule_of_surveys() -> str:
    ids = [survey.survey_id(name) for name, survey in known_surveys().items()]
    return f"must be one of {', '.join(ids)}"


def parse_surveys(value: Any) -> tuple[str, ...] | None:
    """Parse the id of a survey or several, as `words_of` takes them; return the names of their data sets."""
    words = words_of(value)
    unknown = [word for word in words if dataset_named(word.lower()) is None]
    if unknown and len(words) > 1:
        raise InvalidValue(f"has {unknown[0][:40]!r}, which is no survey: {_rule_of_surveys()}")
    found = tuple(dict.fromkeys(map(parse_survey, words)))
    return found or None


def parse_label(text: str) -> str:
    """Parse the user's name for the batch."""
    if len(text) > MAX_LABEL_CHARACTERS or not text.isprintable():
        raise InvalidValue(f"must be one printable line of at most {MAX_LABEL_CHARACTERS} characters")
    return text


def parse_diameter(text: str) -> float:
    """Parse a region's diameter in degrees, before it is clamped."""
    try:
        return values.number(text)
    except InvalidValue:
        raise InvalidValue("must be a decimal number of degrees") from None


def parse_size(text: str) -> float | None:
    """Parse the crop size for all rows: arcsec, or a number with a unit of angles."""
    match = re.fullmatch(r"(.*?[0-9.])\s*([A-Za-z\"'°′″]*)", text)
    number, unit = (match[1], match[2]) if match else (text, "")
    known = angle_unit(unit) if unit else None
    if unit and known is None:
        raise InvalidValue(f"has the unit {unit[:20]!r}, which is no unit of angles that is known")
    return values.size(number, known.degrees * ARCSEC_PER_DEGREE if known else 1.0)


def parse_center(text: str) -> Location | str:
    """Parse a region's center: a coordinate in any form, else an object name."""
    return parse_position_or_name(text)


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return a function that parses one of a few words."""
    return lambda text: values.choice(text, allowed)
