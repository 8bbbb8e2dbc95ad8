"""Image sets whose columns are read when they are first used, so that a query reads what it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.columns.band_columns import OWN, BandColumns, spread_by_band
from skybatch.inventory.columns.column import damaged
from skybatch.inventory.columns.of_survey import ColumnsOfSurvey
from skybatch.inventory.columns.set_source import SetSource
from skybatch.inventory.image_sets import GRID, ImageSets, given_sets
from skybatch.inventory.placements.placements import Placements
from skybatch.sky.footprints import Footprints
from skybatch.sky.vectors import Floats
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_id import TILED_SUFFIX, image_suffixes
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

_PLACES = ("crval1", "crval2", "crota2")
_PRODUCT_OF = {
    "bytes": ImageType.ATLAS,
    "suffix": ImageType.ATLAS,
    "quicklook_bytes": ImageType.QUICKLOOK,
    "quicklook_suffix": ImageType.QUICKLOOK,
}


class LazySets(ImageSets):
    """Image sets of an inventory; made by `lazy_sets`.

    A column that is damaged raises InventoryError when it is first used.
    """

    _source: SetSource
    _columns: ColumnsOfSurvey
    _makers: Mapping[str, Callable[[LazySets, str], Any]]
    _rows: slice | NDArray[np.intp]

    def __new__(cls, **columns: Any) -> Any:
        """Make plain sets of given columns, as `dataclasses.replace` asks for."""
        return given_sets(**columns)

    @property
    def skew(self) -> Floats | None:
        """The skew of the pixel grids, None where none has any."""
        return self._shape("skew")

    @property
    def projection(self) -> Floats | None:
        """The projection, None where all are SIN."""
        return self._shape("projection")

    @property
    def cards(self) -> Mapping[str, Any] | None:
        """Cards of the headers by band, None where only their blocks are known."""
        return self._integers_if_kept("cards")

    @property
    def bitpix(self) -> Mapping[str, Any] | None:
        """Type of the pixels by band, None where it is the same for all."""
        return self._integers_if_kept("bitpix")

    @property
    def placement(self) -> Placements | None:
        """Where the images lie, of those that are not plain SIN or TAN."""
        if not self._source.templates:
            return None
        number, slots = (self._source.values(name, self._rows) for name in ("wcs_template", "wcs"))
        return Placements(self._source.templates, number, slots)

    @property
    def own_band(self) -> NDArray[np.integer] | None:
        """The number of each one's band where each band of a set has a row of its own, else None."""
        return self._source.own_bands(self._rows)

    def _by_band(self, make: Callable[[str], Any]) -> BandColumns:
        """Return arrays by band, each made of the columns of what stands for it in their names."""
        own = self.own_band
        bands = self._columns.bands
        return BandColumns(bands, make) if own is None else spread_by_band(bands, own, make)

    def _integers_if_kept(self, name: str) -> Mapping[str, Any] | None:
        if not self._source.has(f"{name}.{self._columns.stored_bands[0]}"):
            return None
        return self._by_band(lambda band: self._integer(f"{name}.{band}"))

    def _shape(self, name: str) -> Floats | None:
        if self._source.templates:
            placed: Floats | None = self._of_footprints(name)
            return placed
        values: Floats | None = getattr(self._source.grids, name)
        return None if values is None else values[self._source.values("grid", self._rows)]

    def take(self, order: NDArray[np.integer] | NDArray[np.bool_]) -> ImageSets:
        """Return the elements at these places, in this order; what was not used yet stays unread."""
        return lazy_sets(self._source, self.set_index[order])

    def footprints(self) -> Footprints:
        """Return where the sets lie."""
        return self._source.footprints(self._rows)

    def fetched(self, *names: str) -> ImageSets:
        """Return these sets, with columns by name, or by the beginning of theirs, at hand side by side."""
        self._source.fetch(self._rows, names)
        return self

    def loaded(self) -> ImageSets:
        """Return these sets with all that is known of them in memory, fetched side by side."""
        self._source.fetch(self._rows)
        columns = {name: getattr(self, name) for name in (*_GIVEN, *self._makers)}
        for name, value in columns.items():
            columns[name] = dict(value) if isinstance(value, BandColumns) else value
        return given_sets(**columns)

    def held(self, image_type: ImageType, band: str) -> NDArray[np.bool_]:
        """Return of which sets the archive has an image of a type in a band."""
        own = self.own_band
        bit = self._columns.held_bit(self._columns.products[image_type], band if own is None else OWN)
        held = np.asarray(self._source.values("held", self._rows) >> bit & 1, bool)
        return held if own is None else held & (own == self._columns.bands.index(band))

    def coded_text(self, name: str) -> tuple[NDArray[np.integer], NDArray[np.str_]] | None:
        """Return a column of text as codes and the words they stand for, None where it is kept otherwise."""
        if not self._source.has(f"{name}.words"):
            return None
        words = _decoded(name, self._source.values(f"{name}.words", slice(None)))
        codes = self._source.values(name, self._rows)
        if len(codes) and int(codes.max()) >= len(words):
            raise damaged(name)
        return codes, words

    def __getattr__(self, name: str) -> Any:
        if "_makers" not in self.__dict__ or name not in self._makers:
            raise AttributeError(name)
        made = self._makers[name](self, name)
        object.__setattr__(self, name, made)
        return made

    def _of_footprints(self, name: str) -> Any:
        """Return a column of images whose places are worked out from the values of their templates."""
        if "_placed" not in self.__dict__:
            object.__setattr__(self, "_placed", self._source.footprints(self._rows))
        placed: Footprints = self.__dict__["_placed"]
        if name in _PLACES:
            return getattr(placed, name)
        values = getattr(placed.grids, name)
        return None if values is None else values[placed.grid]

    def _place(self, name: str) -> Any:
        if self._source.templates:
            return self._of_footprints(name)
        if name == "crota2":
            values = self._source.values("rot", self._rows)
        else:
            values = np.ascontiguousarray(self._source.values("crval", self._rows)[:, _PLACES.index(name)])
        if not np.isfinite(values).all():
            raise damaged(name)
        return values

    def _grid(self, name: str) -> Any:
        if self._source.templates:
            values = self._of_footprints(name)
        else:
            values = getattr(self._source.grids, name)[self._source.values("grid", self._rows)]
        return values.astype(np.int64) if name.startswith("naxis") else values

    def _integer(self, name: str) -> Any:
        return self._source.values(name, self._rows).astype(np.int64)

    def _text(self, name: str) -> Any:
        found = self.coded_text(name)
        if found is None:
            return _decoded(name, self._source.values(name, self._rows))
        codes, words = found
        return words[codes]

    def _measure(self, name: str) -> Any:
        return self._by_band(lambda band: self._source.values(f"{name}.{band}", self._rows))

    def _band_integer(self, name: str) -> Any:
        return self._by_band(lambda band: self._integer(f"{name}.{band}"))

    def _band_text(self, name: str) -> Any:
        return self._by_band(lambda band: self._text(f"{name}.{band}"))

    def _number(self, name: str) -> Any:
        return self._source.values(name, self._rows)

    def _tile_place(self, name: str) -> Any:
        return self._by_band(lambda band: self._places_of_tiles(name, band))

    def _places_of_tiles(self, name: str, band: str) -> Any:
        held = self._source.has(f"{name}.{band}")
        return self._integer(f"{name}.{band}") if held else np.zeros(len(self), np.int64)

    def _tiled_bytes(self, name: str) -> Any:
        def sizes(band: str) -> Any:
            name = f"bytes.{self._columns.products[ImageType.ATLAS]}.{band}.{TILED_SUFFIX[1:]}"
            if not self._source.has(name):  # the survey has no images in tiles
                return np.zeros(len(self), np.int64)
            size = self._integer(name)
            return np.where(self._places_of_tiles("tile_heap", band) > 0, size, 0)

        return self._by_band(sizes)

    def _sizes(self, name: str) -> Any:
        return self._by_band(lambda band: self._usual_form(_PRODUCT_OF[name], band)[0])

    def _suffixes(self, name: str) -> Any:
        return self._by_band(lambda band: self._usual_form(_PRODUCT_OF[name], band)[1])

    def _usual_form(self, kind: ImageType, band: str) -> tuple[Any, Any]:
        """Return size and suffix of the first form of each image that the archive has."""
        size = np.zeros(len(self), np.int64)
        suffix = np.full(len(self), "", dtype=object)
        for form in reversed(image_suffixes(self.dataset, kind)):
            stored = self._integer(f"bytes.{self._columns.products[kind]}.{band}.{form[1:]}")
            here = stored > 0
            size[here], suffix[here] = stored[here], form
        return size, suffix


_GIVEN = ("set_index", "dataset", "frame", "skew", "projection", "cards", "bitpix", "placement", "own_band")
_QUICKLOOKS = {"quicklook_bytes": LazySets._sizes, "quicklook_suffix": LazySets._suffixes}


def makers(columns: ColumnsOfSurvey) -> Mapping[str, Callable[[LazySets, str], Any]]:
    """Return how each column of a survey's sets is made, by its name."""
    return {
        **dict.fromkeys(_PLACES, LazySets._place),
        **dict.fromkeys(GRID, LazySets._grid),
        **dict.fromkeys(columns.integers, LazySets._integer),
        **dict.fromkeys(columns.texts, LazySets._text),
        **dict.fromkeys(columns.numbers, LazySets._number),
        **dict.fromkeys(columns.measures, LazySets._measure),
        **dict.fromkeys(columns.band_integers, LazySets._band_integer),
        **dict.fromkeys(columns.band_texts, LazySets._band_text),
        **dict.fromkeys(columns.tile_places, LazySets._tile_place),
        "tiled_bytes": LazySets._tiled_bytes,
        "bytes": LazySets._sizes,
        "suffix": LazySets._suffixes,
        **(_QUICKLOOKS if ImageType.QUICKLOOK in columns.products else {}),
    }


@lru_cache(maxsize=8)
def _of_survey(
    survey: Survey, bands_apart: bool
) -> tuple[ColumnsOfSurvey, Mapping[str, Callable[[LazySets, str], Any]]]:
    columns = ColumnsOfSurvey(survey, bands_apart)
    return columns, makers(columns)


def lazy_sets(source: SetSource, rows: NDArray[np.intp]) -> LazySets:
    """Return the sets of these rows of a source, of which nothing is read yet."""
    made: LazySets = object.__new__(LazySets)
    is_run = len(rows) > 1 and rows[-1] - rows[0] == len(rows) - 1 and bool((np.diff(rows) == 1).all())
    run = slice(int(rows[0]), int(rows[-1]) + 1) if is_run else rows
    columns, how = _of_survey(survey_of(source.dataset), source.bands_apart)
    given = {
        "_columns": columns,
        "_makers": how,
        "set_index": rows,
        "dataset": source.dataset,
        "frame": source.frame,
    }
    for name, value in {"_source": source, "_rows": run, **given}.items():
        object.__setattr__(made, name, value)
    return made


def _decoded(name: str, text: NDArray[Any]) -> NDArray[np.str_]:
    try:
        return text.astype(np.str_)
    except UnicodeDecodeError as error:
        raise damaged(name) from error
