"""The columns of ``where``, each computed from image sets when a condition first uses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from skybatch.surveys.description.keys import FieldValue
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_names import file_stem_writer
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import default_survey, survey_of
from skybatch.tables.schemas.image_geometry import image_points
from skybatch.tables.schemas.search import native_search
from skybatch.vo.where.three_valued import Kind

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets

# Sources of columns whose texts are put together row by row; as measured, 2.5 µs each.
_WRITTEN = ("fname", "image_id")
WRITTEN_STEPS = 5_000
_POINTS = ("crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crota2", "naxis1", "naxis2")


def kinds(survey: Survey) -> dict[str, Kind]:
    """Return the kind of values of each column of a survey."""
    return {column.name: "text" if column.is_text else "number" for column in native_search(survey)}


def steps_of_written(condition: str, survey: Survey) -> int:
    """Return the work of writing texts that a condition asks for, a row, in steps of a search's budget.

    They are written once, however often the condition names them.
    """
    written = (column.name for column in native_search(survey) if column.source in _WRITTEN)
    words = set(re.findall(r"\w+", condition.lower()))
    return WRITTEN_STEPS * sum(name.lower() in words for name in written)


KINDS: dict[str, Kind] = kinds(default_survey())


class ImageColumns(Mapping[str, Any]):
    """Columns of one band's images by name: (n,) arrays, or one value for all.

    ``points`` keeps what is the same for all bands of the same sets, where the caller shares it.
    """

    def __init__(self, details: ImageSets, band: str, points: dict[str, Any] | None = None) -> None:
        self.details, self.band = details, band
        self._survey = survey_of(details.dataset)
        self._columns = {column.name: column for column in native_search(self._survey)}
        self._points: dict[str, Any] = {} if points is None else points
        self._kept: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._kept:
            self._kept[name] = self._made(self._columns[name].source)
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def _made(self, source: str) -> Any:
        own: dict[str, Callable[[], Any]] = {
            "band:native": lambda: self._survey.bands[self.band].native,
            "fname": self._file_names,
            "survey": lambda: self._survey.survey_id(self.details.dataset),
            "image_id": lambda: [self._survey.set_id.format(each) for each in self._fields()],
        }
        if source in own:
            return own[source]()
        if source.startswith("const:"):
            return source.removeprefix("const:")
        if hasattr(self.details, source):
            values = getattr(self.details, source)
            return values[self.band] if isinstance(values, Mapping) else values
        if not self._points:
            self._points |= image_points({each: getattr(self.details, each) for each in _POINTS})
        return self._points[source]

    def _fields(self) -> Iterator[Mapping[str, FieldValue]]:
        names = self._survey.set.fields
        for values in zip(*(getattr(self.details, name).tolist() for name in names), strict=True):
            yield dict(zip(names, values, strict=True))

    def _file_names(self) -> list[str]:
        suffixes = self.details.suffix[self.band].tolist()
        write = file_stem_writer(self.details.dataset, self.band, ImageType.ATLAS)
        return [f"{write(fields)}{suffix}" for fields, suffix in zip(self._fields(), suffixes, strict=True)]
