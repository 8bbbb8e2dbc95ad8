"""The body of ``GET /surveys``; its fields have the names on the wire, as in `models`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class BandFacts:
    """One filter.

    Attributes
    ----------
    id
        As requests name it.
    label
        Name for people.
    reference, lower, upper
        Reference wavelength and limits, metres; null where they are not known.
    """

    id: str
    label: str
    reference: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class HeldSurvey:
    """A survey whose images can be asked for: one data set of a description.

    Attributes
    ----------
    id
        As requests name it, field `survey`.
    dataset
        The same as field `dataset`, and in tables.
    mission, path
        Its address below /ibe/search, /ibe/sia and /ibe/data.
    modes, relations, image_types, default_form
        What requests may say.
    min_diameter, max_diameter
        Degrees; a region is clamped to them.
    image_id
        How an image set is written, in terms of the survey's fields.
    caution
        What users of a type of image must know.
    acknowledgement, references, doi, rights
        For publications; references are bibliographic codes.
    coverage
        Addresses of the map of what is covered of the sky: `fits` and `json`, a Multi-Order Coverage map, and
        `svg`, a drawing; empty where there is none.
    sky_fraction
        How much of the sky that is; null where it is not known.
    """

    id: str
    dataset: str
    title: str
    mission: str
    path: str
    bands: tuple[BandFacts, ...]
    modes: tuple[str, ...]
    relations: tuple[str, ...]
    image_types: tuple[str, ...]
    default_form: str
    min_diameter: float
    max_diameter: float
    image_id: str
    instrument: str
    caution: dict[str, str]
    acknowledgement: str
    references: tuple[str, ...]
    doi: str
    rights: str
    coverage: dict[str, str] = field(default_factory=dict)
    sky_fraction: float | None = None


@dataclass(frozen=True)
class SurveyList:
    """The surveys of this deployment; the first is meant where a request names none."""

    surveys: tuple[HeldSurvey, ...]
