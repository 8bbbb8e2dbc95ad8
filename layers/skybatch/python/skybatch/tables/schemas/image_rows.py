"""The input of tables of images: the images of a batch or a search, and the facts of their image sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.footprints import Footprints
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import default_survey, survey_of
from skybatch.tables.model import Values

Array = NDArray[Any]


class ImageSetFacts(Protocol):
    """Facts of the image sets of one data set, (n,) arrays; `inventory.image_sets.ImageSets` has them.

    Degrees, pixels (FITS, from 1), in the frame of the survey. The facts themselves are read by name: see
    `set_facts` and `band_facts`.
    """

    @property
    def set_index(self) -> Array:
        """Index of each image set in the inventory of its data set."""


# Of pixel grids other than the usual ones.
_SHAPES = ("skew", "projection")
_GEOMETRY = ("crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crota2", "naxis1", "naxis2")


def set_facts(survey: Survey) -> tuple[str, ...]:
    """Return the names of the facts of an image set, the same for its bands."""
    own = (name for name, column in survey.columns.items() if column.of == "set")
    return tuple(dict.fromkeys((*_GEOMETRY, *survey.set.fields, *own)))


def band_facts(survey: Survey) -> tuple[str, ...]:
    """Return the names of the facts of one band's image: a mapping from band to (n,) arrays each."""
    own = tuple(name for name, column in survey.columns.items() if column.of == "band")
    return (*own, "suffix", "quicklook_suffix") if survey.has("quicklooks") else (*own, "suffix")


@dataclass(frozen=True)
class ImageRows:
    """Images in table order, one element an image; what is None is null in all rows.

    Attributes
    ----------
    dataset, set_index, band
        The image: its data set (``asky``...), number of the image set in that inventory, ``j``/``h``/``k``.
    type
        ``A`` (Atlas) or ``Q`` (Quicklook).
    url, preview
        Where the image is, and a page or picture that shows it.
    row_number, id
        Number (from 1) and id of the request row, None where the request is no list.
    status, reason, file, bytes, md5, delivery_format
        Outcome; path in the archive of the batch; size; file format (``fits.gz``...).
    req_ra, req_dec, size
        What a position row requests: ICRS degrees, arcsec; NaN for what it does not.
    edge_dist
        Distance from the position to the nearest image edge, arcsec.
    cut_at_edge, edge
        Of crops: ``y`` or ``n``, whether it reaches beyond its image; ``clip`` or ``pad``.
    box
        Pixels of crops as (n, 4) integers x0, y0 (from 0; negative before the image), nx, ny; nx = 0 for a
        whole image.
        The table describes the image as delivered: its size, centre, corners and reference pixel.
    format
        MIME type behind ``url``; ``image/fits`` if None.
    given_id
        The row's id as given, where ``id`` is a shortened form of it.
    service
        Address of the service, without a slash at its end, for links to companions; null without it.
    """

    dataset: Sequence[str]
    set_index: Sequence[int] | Array
    band: Sequence[str]
    type: Sequence[str]
    url: Values
    preview: Values | None = None
    row_number: Values | None = None
    id: Values | None = None
    status: Values | None = None
    reason: Values | None = None
    file: Values | None = None
    bytes: Values | None = None
    md5: Values | None = None
    delivery_format: Values | None = None
    req_ra: Values | None = None
    req_dec: Values | None = None
    size: Values | None = None
    edge_dist: Values | None = None
    cut_at_edge: Values | None = None
    edge: Values | None = None
    box: Array | None = None
    format: Values | None = None
    given_id: Values | None = None
    service: str = ""

    def __len__(self) -> int:
        return len(self.band)


def survey_of_images(sets: Mapping[str, ImageSetFacts], images: ImageRows) -> Survey:
    """Return the survey of a table's images; where there are none, that of the image sets given."""
    names = [*images.dataset[:1], *sets]
    return survey_of(names[0]) if names else default_survey()


def gather_facts(sets: Mapping[str, ImageSetFacts], images: ImageRows) -> GatheredFacts:
    """Gather the facts of each image, (n,) arrays by name, from the image sets of its data set.

    Each is gathered when it is first used, so that a table reads what its columns need.

    Raises
    ------
    KeyError
        When an image's data set or image set is not among ``sets``.
    """
    datasets, numbers = np.asarray(images.dataset), np.asarray(images.set_index)
    unknown = set(images.dataset) - set(sets)
    if unknown:
        raise KeyError(f"no image sets of {', '.join(sorted(unknown))}")
    parts = []
    for dataset, known in sets.items():
        rows = np.flatnonzero(datasets == dataset)
        parts.append(_Part(known, rows, _locate(np.asarray(known.set_index), numbers[rows])))
    return GatheredFacts(survey_of_images(sets, images), np.asarray(images.band), parts)


class _Part(NamedTuple):
    """The images of one data set: their rows in the table, and their places among its image sets."""

    sets: ImageSetFacts
    rows: Array
    at: Array


class GatheredFacts(Mapping[str, Array]):
    """Facts of images, (n,) arrays by name; made by `gather_facts`."""

    def __init__(self, survey: Survey, bands: Array, parts: Sequence[_Part]) -> None:
        self._bands, self._parts = bands, parts
        self._band_names = tuple(survey.bands)
        self._of_bands = band_facts(survey)
        shapes = (
            name for name in _SHAPES if any(getattr(part.sets, name, None) is not None for part in parts)
        )
        self._names = dict.fromkeys((*set_facts(survey), *self._of_bands, *shapes))
        self._gathered: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._gathered:
            self._gather(name)
        return self._gathered[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def placed(self) -> Iterator[tuple[Array, Footprints]]:
        """Yield the rows of images that no columns place on the sky, distorted ones, and where they lie."""
        for part in self._parts:
            sets: Any = part.sets
            if len(part.rows) and getattr(sets, "placement", None) is not None:
                yield part.rows, sets.footprints().take(part.at)

    def _gather(self, name: str) -> None:
        for part in self._parts:
            values: Any = getattr(part.sets, name, None)
            if name not in self._of_bands:
                given = np.zeros(len(part.sets.set_index)) if values is None else np.asarray(values)
                self._put(name, part.rows, given[part.at])
                continue
            for band in self._band_names:
                mine = self._bands[part.rows] == band
                if mine.any() or name not in self._gathered:
                    self._put(name, part.rows[mine], np.asarray(values[band])[part.at[mine]])

    def _put(self, name: str, rows: Array, values: Array) -> None:
        if name not in self._gathered:
            self._gathered[name] = np.zeros(len(self._bands), dtype=values.dtype)
        self._gathered[name][rows] = values


def _locate(known: Array, wanted: Array) -> Array:
    if not wanted.size:
        return np.zeros(0, dtype=np.intp)
    order = np.argsort(known, kind="stable")
    at = order[np.searchsorted(known, wanted, sorter=order).clip(max=len(known) - 1)]
    if (known[at] != wanted).any():
        raise KeyError(f"image set {wanted[known[at] != wanted][0]} is not among those given")
    return np.asarray(at)
