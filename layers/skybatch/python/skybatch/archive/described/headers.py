"""The header of a stored image, read and held against the description of its survey."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from skybatch.archive.described.hdu_reader import StoredHdu, read_hdu
from skybatch.archive.header_reader import FIRST_BYTES
from skybatch.archive.image_records import UNREADABLE, Problem, unreadable
from skybatch.errors import SourceUnsupported
from skybatch.fits.blocks import BLOCK_BYTES, CARD_BYTES
from skybatch.fits.cards import Value
from skybatch.fits.celestial_wcs import CelestialWcs, read_celestial_wcs
from skybatch.fits.hdus.image_hdu import ImageHdu
from skybatch.inventory.placements.placements import Placements
from skybatch.sky.boundaries import refusals
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids, Projection
from skybatch.storage.trees import Entry, RangedTree
from skybatch.surveys.description.images import Band, Field, Product
from skybatch.surveys.description.keys import StoredKey
from skybatch.surveys.description.survey import Survey

TILED = "fits.fz"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_GRID = ("crpix1", "crpix2", "cdelt1", "cdelt2", "skew", "projection")


class OtherImage(SourceUnsupported):
    """The header is of another image, or of another survey, than the key and the description say."""


class Mismatch(Problem):
    """An image whose header is of another image or survey."""


@dataclass(frozen=True)
class ReadImage:
    """One stored image: its key, size, header's facts, and where table and heap of our own tiles begin."""

    path: str
    key: StoredKey
    bytes: int
    wcs: CelestialWcs
    naxis1: int
    naxis2: int
    blocks: int
    cards: int
    values: Mapping[str, Value]
    tile_table: int = 0
    tile_heap: int = 0
    bitpix: int = 0


def read_image(tree: RangedTree, entry: Entry, key: StoredKey, survey: Survey) -> ReadImage | Problem:
    """Return what an image's header says, or why it cannot be used."""
    try:
        product = survey.product[key.product]
        own_tiles, ahead = key.form == TILED, bytes_ahead(product)
        found = read_hdu(tree, entry, product.hdu, own_tiles=own_tiles, ahead=ahead)
        key = key if key.band else replace(key, band=_band_of_header(found.image, survey))
        return image_of(entry, key, survey, found)
    except OtherImage as error:
        return Mismatch(entry.path, error.detail)
    except UNREADABLE as error:
        return unreadable(entry.path, error)


def image_of(entry: Entry, key: StoredKey, survey: Survey, found: StoredHdu) -> ReadImage:
    """Return what the header of an image says. Raises as `checked` does."""
    image, wcs = found.image, checked(found.image, key, survey)
    header = image.header
    return ReadImage(
        path=entry.path,
        key=key,
        bytes=entry.size,
        wcs=wcs,
        naxis1=header.naxis1,
        naxis2=header.naxis2,
        blocks=header.blocks,
        cards=len(header.cards) // CARD_BYTES,
        values={name: image.get(keyword) for name, keyword in survey.header.values.items()},
        tile_table=found.tile_table,
        tile_heap=found.tile_heap,
        bitpix=header.bitpix,
    )


def bytes_ahead(product: Product) -> int:
    """Return the bytes of a file that hold its header, as the description has it, for one request."""
    return max(FIRST_BYTES, product.header_blocks * BLOCK_BYTES)


def checked(image: ImageHdu, key: StoredKey, survey: Survey) -> CelestialWcs:
    """Return the coordinates of an image that is the one its key names, as the description has them.

    Raises
    ------
    OtherImage
        For another identity, band, pixel type, projection or frame.
    SourceUnsupported
        For coordinates that are not understood, or on which no look-up could rely.
    """
    header = image.header
    for name, value in key.fields.items():
        _check_field(image, name, survey.fields[name], value)
    if not survey.has_sets_of_one_band:
        _check_band(image, survey.bands[key.band], survey)
    product = survey.product[key.product]
    if product.bitpix not in (0, header.bitpix):
        raise OtherImage(f"BITPIX {header.bitpix}; the description says {product.bitpix}")
    wcs = read_celestial_wcs(header, survey.header.frame)
    if survey.header.wcs and wcs.projection not in {code[:3] for code in survey.header.wcs}:
        said = " or ".join(survey.header.wcs)
        raise OtherImage(f"projection {wcs.projection}; the description says {said}")
    if wcs.frame != survey.header.frame and not survey.header.any_frame:
        raise OtherImage(f"frame {wcs.frame}; the description says {survey.header.frame}")
    if refusal := refusal_of(wcs, header.naxis1, header.naxis2):
        raise SourceUnsupported(refusal)
    return wcs


def refusal_of(wcs: CelestialWcs, nx: int, ny: int) -> str | None:
    """Return why no look-up could rely on an image's place on the sky, None where all can."""
    if wcs.by_astropy or wcs.terms:
        frame = ImageFrame(wcs.frame)
        try:
            return refusals(Placements.of_images([(wcs, nx, ny)]).footprints(frame).grids)[0]
        except ValueError as error:  # as astropy raises, or its own errors that are of this kind
            return f"astropy refuses its WCS: {str(error).strip().splitlines()[-1]}"
    return _plain_refusal(*(getattr(wcs, name) for name in _GRID), nx, ny)


@lru_cache(maxsize=1024)  # a survey has few grids
def _plain_refusal(
    crpix1: float, crpix2: float, cdelt1: float, cdelt2: float, skew: float, projection: str, nx: int, ny: int
) -> str | None:
    code = Projection[projection].value
    table = np.array([[nx, ny, crpix1, crpix2, cdelt1, cdelt2, skew, code]], np.float64)
    return refusals(PixelGrids.from_table(table))[0]


def _check_field(image: ImageHdu, name: str, field: Field, value: object) -> None:
    said = image.get(field.keyword) if field.keyword else None
    if said is None:
        return
    claimed = field.words.get(str(said).strip().lower(), said)
    same = str(claimed).strip().lower() == str(value).lower()
    if field.type == "int":
        same = number(claimed) == value
    if not same:
        raise OtherImage(f"the header says {name} {said} ({field.keyword}), the key {value}")


def _check_band(image: ImageHdu, band: Band, survey: Survey) -> None:
    keyword = survey.header.band_keyword
    said = image.get(keyword) if keyword else None
    known = {str(each).lower() for each in (band.id, band.label, band.native, band.token, *band.words)}
    if said is not None and str(said).strip().lower() not in known:
        raise OtherImage(f"the header says band {said} ({keyword}), the key {band.id}")


def _band_of_header(image: ImageHdu, survey: Survey) -> str:
    """Return the band that a header names, by any spelling of it or of its first word; ``none`` for no card.

    Raises OtherImage for an unknown one.
    """
    keyword = survey.header.band_keyword
    said = str(image.get(keyword)).strip()
    for word in (said.lower(), said.lower().partition(" ")[0]):
        for band in survey.band:
            if word in (band.id, band.label.lower(), *band.words):
                return band.id
    raise OtherImage(f"the header says band {said} ({keyword}), which the description does not have")


def number(value: Value) -> float:
    """Return a value of a header as a finite number, NaN where it is none; some headers quote numbers."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return math.nan
    return float(value)
