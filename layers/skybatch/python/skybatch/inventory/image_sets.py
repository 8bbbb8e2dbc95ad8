"""Image sets as columns, and as the fixed-size records in which an inventory keeps their details."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.placements.placements import Placements
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.vectors import Floats
from skybatch.surveys.description.keys import FieldValue
from skybatch.surveys.image_id import TILED_SUFFIX, ImageId, identify
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of
from skybatch.surveys.twomass.bands import BANDS

Ints = NDArray[np.int64]
Texts = NDArray[np.str_]
Objects = NDArray[np.object_]

# Position in this list is what a record stores; append only.
SUFFIXES = np.array(["", ".fits.gz", ".fits", ".fit.gz", ".fit", ".fits.H", TILED_SUFFIX], dtype=object)

# What inventories of formats 1 and 2 keep of a set; the second has the tile-compressed form.
RECORD = np.dtype(
    [
        ("coadd_key", "<i4"),
        ("date", "S6"),
        ("ut_date", "S6"),
        ("hem", "S1"),
        ("scan", "<u2"),
        ("image", "<u2"),
        ("header_blocks", "<u2"),
        ("bytes", "<u4", 3),
        ("quicklook_bytes", "<u4", 3),
        ("suffix", "u1", 3),
        ("quicklook_suffix", "u1", 3),
        ("seesh", "<f8", 3),
        ("magzp", "<f8", 3),
        ("msnr10", "<f8", 3),
        ("tiled_bytes", "<u4", 3),
        ("tile_table", "<u4", 3),
        ("tile_heap", "<u4", 3),
    ]
)
TILES = ("tiled_bytes", "tile_table", "tile_heap")
_PER_BAND = ("bytes", "quicklook_bytes", "seesh", "magzp", "msnr10", *TILES)
_CODED = ("suffix", "quicklook_suffix")
GRID = ("naxis1", "naxis2", "crpix1", "crpix2", "cdelt1", "cdelt2")
SHAPE = ("skew", "projection")


@dataclass(frozen=True)
class Tiles:
    """The tile-compressed form of an image: its size, and where its table of tiles and heap begin, bytes."""

    size: int
    table: int
    heap: int


@dataclass(frozen=True, eq=False)
class ImageSets:
    """Image sets as arrays; element i of each describes one set.

    ``set_index`` holds the numbers of the sets in their inventory. The pixel grid (CRVAL, CROTA2, CDELT in
    degrees, in ``frame``; ``skew`` and ``projection`` as in `PixelGrids`, None for the usual ones) is one for
    the bands of a set; dates are ``yymmdd`` text, hemispheres ``n`` or
    ``s``. ``header_blocks`` counts the 2880-byte blocks of the plain FITS header, ``cards`` by band its cards
    where they are known, ``bitpix`` the type of its pixels where that is not the same for all. Of images that
    are not plain SIN or TAN in ``frame``, ``placement`` tells where they lie. Where each band of a set has a
    grid, and so an element, of its own, ``own_band`` is the number of its band in the survey's order.

    By band (``j``, ``h``, ``k``): ``bytes`` the stored size (0: the archive has no such image) and
    ``suffix`` the end of the stored name, the same for Quicklooks, ``seesh`` (seeing shape), ``magzp`` and
    ``msnr10`` (mag), NaN where unknown. ``tiled_bytes`` is the size of the tile-compressed form (0: none),
    ``tile_table`` and ``tile_heap`` where table and heap begin in it. Where an archive holds that form alone,
    it is what ``bytes`` and ``suffix`` say too.
    """

    set_index: NDArray[np.intp]
    crval1: Floats
    crval2: Floats
    crpix1: Floats
    crpix2: Floats
    cdelt1: Floats
    cdelt2: Floats
    crota2: Floats
    naxis1: Ints
    naxis2: Ints
    date: Texts
    hem: Texts
    scan: Ints
    image: Ints
    ut_date: Texts
    coadd_key: Ints
    header_blocks: Ints
    bytes: Mapping[str, Ints]
    suffix: Mapping[str, Objects]
    quicklook_bytes: Mapping[str, Ints]
    quicklook_suffix: Mapping[str, Objects]
    seesh: Mapping[str, Floats]
    magzp: Mapping[str, Floats]
    msnr10: Mapping[str, Floats]
    dataset: str = ""
    tiled_bytes: Mapping[str, Ints] = field(default_factory=dict)
    tile_table: Mapping[str, Ints] = field(default_factory=dict)
    tile_heap: Mapping[str, Ints] = field(default_factory=dict)
    skew: Floats | None = None
    projection: Floats | None = None
    frame: ImageFrame = ImageFrame.FK5
    cards: Mapping[str, Ints] | None = None
    bitpix: Mapping[str, Ints] | None = None
    placement: Placements | None = None
    own_band: NDArray[np.integer] | None = None

    def __post_init__(self) -> None:
        for name in TILES:
            if not getattr(self, name):
                object.__setattr__(self, name, _no_tiles(len(self.set_index)))

    def __len__(self) -> int:
        return len(self.set_index)

    def image_id(self, i: int, band: str) -> ImageId:
        """Return the identity of one band of element ``i``."""
        return identify(self.dataset, self.fields_of(i), band)

    def fields_of(self, i: int) -> dict[str, FieldValue]:
        """Return the fields that name element ``i``, in the order of its survey."""
        return {name: getattr(self, name)[i].item() for name in survey_of(self.dataset).set.fields}

    def tiles(self, i: int, band: str) -> Tiles | None:
        """Return the tile-compressed form of one band of element ``i``, None where the archive has none."""
        size, table, heap = (int(getattr(self, name)[band][i]) for name in TILES)
        return Tiles(size, table, heap) if size else None

    def take(self, order: NDArray[np.integer] | NDArray[np.bool_]) -> ImageSets:
        """Return the elements at these places, in this order."""
        return ImageSets(**{f.name: _take(getattr(self, f.name), order) for f in fields(self)})

    def held(self, image_type: ImageType, band: str) -> NDArray[np.bool_]:
        """Return of which sets the archive has an image of a type in a band."""
        sizes = self.quicklook_bytes if image_type is ImageType.QUICKLOOK else self.bytes
        return np.asarray(sizes[band] > 0)

    def coded_text(self, name: str) -> tuple[NDArray[np.integer], NDArray[np.str_]] | None:
        """Return a column of text as codes and the words they stand for, None where it is kept otherwise."""
        return None

    def fetched(self, *names: str) -> ImageSets:
        """Return these sets, with columns by name, or by the beginning of theirs, at hand side by side."""
        return self

    def loaded(self) -> ImageSets:
        """Return these sets with all that is known of them in memory, fetched side by side."""
        return self

    def footprints(self) -> Footprints:
        """Return where the sets lie, each distinct pixel grid once."""
        if self.placement is not None:
            return self.placement.footprints(self.frame)
        table, code = self.grids()
        grids = PixelGrids.from_table(table)
        return Footprints(self.crval1, self.crval2, self.crota2, code, grids, self.frame)

    def grids(self) -> tuple[Floats, NDArray[np.intp]]:
        """Return the distinct pixel grids, a table as in `PixelGrids`, and the number of each set's."""
        names = GRID if self.skew is None and self.projection is None else (*GRID, *SHAPE)
        given = [getattr(self, name) for name in names]
        columns = [
            np.zeros(len(self)) if values is None else np.asarray(values, dtype=np.float64)
            for values in given
        ]
        code = np.zeros(len(self), dtype=np.intp)
        # One column after another: the few values of each make this far cheaper than sorting rows.
        for column in columns:
            values, inverse = np.unique(column, return_inverse=True)
            code = np.unique(code * len(values) + inverse, return_inverse=True)[1]
        first = np.unique(code, return_index=True)[1]
        return np.stack([column[first] for column in columns], axis=-1), code


class DescribedSets(ImageSets):
    """Image sets of a survey with other fields and columns than 2MASS; made by `given_sets`.

    Its fields and columns are attributes under their own names. ``forms`` has the stored size of each image
    by product, band and form, where it is known.
    """

    def __new__(cls, **columns: Any) -> Any:
        """Make sets of given columns, as `dataclasses.replace` asks for."""
        return given_sets(**columns)

    def take(self, order: NDArray[np.integer] | NDArray[np.bool_]) -> ImageSets:
        """Return the elements at these places, in this order."""
        return given_sets(**{name: _take(value, order) for name, value in vars(self).items()})


def given_sets(**columns: Any) -> ImageSets:
    """Return image sets of these columns, which are those of the survey of ``dataset``."""
    if columns.keys() >= {each.name for each in fields(ImageSets) if each.name not in _OPTIONAL}:
        return ImageSets(**columns)
    made: DescribedSets = object.__new__(DescribedSets)
    for name, value in (_DEFAULTS | columns).items():
        object.__setattr__(made, name, value)
    return made


_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("skew", "projection", "cards", "bitpix", "placement", "own_band")),
    "frame": ImageFrame.FK5,
}
_OPTIONAL = frozenset({*_DEFAULTS, *TILES, "dataset"})


def _no_tiles(count: int) -> dict[str, Ints]:
    return {band: np.zeros(count, dtype=np.int64) for band in BANDS}


def _take(value: Any, order: Any) -> Any:
    if isinstance(value, Mapping):
        return {band: _take(column, order) for band, column in value.items()}
    return value if value is None or isinstance(value, str) else value[order]


def from_records(dataset: str, records: NDArray[np.void], images: Footprints, sets: Any) -> ImageSets:
    """Make sets from their records (n,) and footprints (n,)."""
    columns: dict[str, Any] = {name: getattr(images.grids, name)[images.grid] for name in GRID}
    for name in ("naxis1", "naxis2"):
        columns[name] = columns[name].astype(np.int64)
    for name in ("coadd_key", "scan", "image", "header_blocks"):
        columns[name] = records[name].astype(np.int64)
    for name in ("date", "ut_date", "hem"):
        columns[name] = records[name].astype(np.str_)
    for name in _PER_BAND:
        if name in (records.dtype.names or ()):
            columns[name] = _by_band(records[name])
    for name in _CODED:
        columns[name] = {band: SUFFIXES[records[name][:, n]] for n, band in enumerate(BANDS)}
    columns |= {"crval1": images.crval1, "crval2": images.crval2, "crota2": images.crota2}
    return ImageSets(set_index=np.asarray(sets), dataset=dataset, **columns)


def _by_band(column: NDArray[Any]) -> dict[str, Any]:
    wide = np.float64 if column.dtype.kind == "f" else np.int64
    return {band: column[:, number].astype(wide) for number, band in enumerate(BANDS)}


def scan_codes(date: Any, hem: Any, scan: Any, image: Any) -> Ints:
    """Return date, hemisphere, scan and image number as one number that sorts in this order.

    Dates are ``yymmdd`` text, scans below 1000, images below 10,000.
    """
    days = np.asarray(date).astype("S6").astype(np.int64)
    south = (np.asarray(hem).astype("S1") == b"s").astype(np.int64)
    scans, images = np.asarray(scan, dtype=np.int64), np.asarray(image, dtype=np.int64)
    return np.asarray(((days * 2 + south) * 1000 + scans) * 10_000 + images)


def set_ids(date: Any, hem: Any, scan: Any, image: Any) -> NDArray[np.bytes_]:
    """Return the identifiers of sets, such as ``001126n1010266``, (n,); they sort as `scan_codes` do."""
    codes = np.atleast_1d(np.asarray(scan, dtype=np.int64) * 10_000 + np.asarray(image, dtype=np.int64))
    text = np.empty((len(codes), 14), np.uint8)
    text[:, :6] = np.asarray(date).astype("S6").reshape(-1, 1).view(np.uint8)
    text[:, 6] = np.asarray(hem).astype("S1").view(np.uint8)
    text[:, 7:] = codes[:, None] // 10 ** np.arange(6, -1, -1) % 10 + ord("0")
    return text.view("S14").ravel()
