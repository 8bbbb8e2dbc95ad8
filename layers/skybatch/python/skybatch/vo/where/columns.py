"""The columns of ``where``, each computed from image sets when a condition first uses it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from skybatch.sky.pixel_grids import Projection
from skybatch.surveys.description.constants import constant
from skybatch.surveys.description.keys import FieldValue
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_names import file_stem_fields, file_stem_writer
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import default_survey, survey_of
from skybatch.tables.model import Column
from skybatch.tables.schemas.axis_types import axis_types, equinox
from skybatch.tables.schemas.image_geometry import image_points, points_within
from skybatch.tables.schemas.search import native_search
from skybatch.vo.obscore.facts import times_of_band
from skybatch.vo.where.coded_text import CodedText, distinct
from skybatch.vo.where.three_valued import Kind

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets

# Sources of columns whose texts are put together, and the steps of each row: as measured, 2.5 µs where it is
# done row by row, 0.15 µs where the same text stands for many.
WRITTEN_STEPS = {"image_id": 5_000, "fname": 300}
_CONSTANT = ("band:native", "survey", "geometry:equinox")
_POINTS = ("crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crota2", "naxis1", "naxis2")


def _is_link(column: Column) -> bool:
    """Tell whether a column has addresses of files, which no condition selects by."""
    return column.source == "cloud" or column.source.startswith("product:")


def kinds(survey: Survey) -> dict[str, Kind]:
    """Return the kind of values of each column of a survey."""
    return {
        column.name: "text" if column.is_text else "number"
        for column in native_search(survey)
        if not _is_link(column)
    }


def steps_of_written(condition: str, survey: Survey) -> int:
    """Return the work of writing texts that a condition asks for, a row, in steps of a search's budget.

    They are written once, however often the condition names them.
    """
    words = set(re.findall(r"\w+", condition.lower()))
    named = (column.source for column in native_search(survey) if column.name.lower() in words)
    return sum(WRITTEN_STEPS.get(source, 0) for source in named)


KINDS: dict[str, Kind] = kinds(default_survey())


def constant_columns(survey: Survey) -> frozenset[str]:
    """Return the columns that have one value for all images of a band, and are not read."""
    sources = {column.name: column.source for column in native_search(survey)}
    return frozenset(
        name for name, source in sources.items() if source in _CONSTANT or source.startswith("const:")
    )


class ImageColumns(Mapping[str, Any]):
    """Columns of one band's images by name: (n,) arrays, or one value for all.

    ``points`` keeps what is the same for all bands of the same sets, where the caller shares it.
    """

    def __init__(self, details: ImageSets, band: str, points: dict[str, Any] | None = None) -> None:
        self.details, self.band = details, band
        self._survey = survey_of(details.dataset)
        searched = native_search(self._survey)
        self._columns = {column.name: column for column in searched if not _is_link(column)}
        self._points: dict[str, Any] = {} if points is None else points
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._kept:
            self._kept[name] = self._made(self._columns[name])
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def _made(self, column: Column) -> Any:
        source = column.source
        own: dict[str, Callable[[], Any]] = {
            "band:native": lambda: self._survey.bands[self.band].native,
            "fname": self._file_names,
            "survey": lambda: self._survey.survey_id(self.details.dataset),
            "image_id": lambda: [self._survey.set_id.format(each) for each in self._fields()],
            "geometry:ctype1": lambda: self._axis_types(0),
            "geometry:ctype2": lambda: self._axis_types(1),
            "time:middle": self._middles,
            "geometry:equinox": lambda: equinox(self._survey) or math.nan,
        }
        if source in own:
            return own[source]()
        if source.startswith("const:"):
            value = constant(source.removeprefix("const:"), column.datatype)
            return value if value is not None else "" if column.is_text else math.nan
        if (coded := self.details.coded_text(source)) is not None:
            return CodedText(*coded)
        if hasattr(self.details, source):
            values = getattr(self.details, source)
            return values[self.band] if isinstance(values, Mapping) else values
        if not self._points:
            shape = {name: getattr(self.details, name) for name in ("skew", "projection")}
            known = {name: values for name, values in shape.items() if values is not None}
            self._points |= image_points(known | {each: getattr(self.details, each) for each in _POINTS})
            if self.details.placement is not None:  # distorted: no columns tell where their corners are
                sides = self.details.naxis1, self.details.naxis2
                nothing = np.zeros(len(self.details))
                self._points |= points_within(self.details.footprints(), (nothing, nothing), sides)
        return self._points[source]

    def _middles(self) -> Any:
        taken = times_of_band(self.details, self.band)
        return math.nan if taken is None else (taken[0] + taken[1]) / 2.0

    def _axis_types(self, axis: int) -> CodedText:
        codes = self.details.projection
        numbers = np.zeros(len(self.details), np.intp) if codes is None else codes.astype(np.intp)
        return CodedText(numbers, np.array([axis_types(self._survey, each)[axis] for each in Projection]))

    def _fields(self) -> Iterator[Mapping[str, FieldValue]]:
        names = self._survey.set.fields
        for values in zip(*(getattr(self.details, name).tolist() for name in names), strict=True):
            yield dict(zip(names, values, strict=True))

    def _file_names(self) -> CodedText:
        """Return the names of files: those of one scan and image number are the same in all nights."""
        dataset = self.details.dataset
        names = file_stem_fields(dataset, ImageType.ATLAS)
        columns = [np.asarray(getattr(self.details, name)) for name in names]
        codes, first = distinct([*columns, self.details.suffix[self.band].astype(np.str_)])
        write = file_stem_writer(dataset, self.band, ImageType.ATLAS)
        stems = zip(*(column[first].tolist() for column in columns), strict=True)
        suffixes = self.details.suffix[self.band][first].tolist()
        words = [
            f"{write(dict(zip(names, values, strict=True)))}{suffix}"
            for values, suffix in zip(stems, suffixes, strict=True)
        ]
        return CodedText(codes, np.array(words, np.str_))
