"""From matched image sets to the files to deliver: names, sizes, and the pixels to cut."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skybatch.batch.codes import FailureCode
from skybatch.batch.file_names import image_file
from skybatch.batch.plan import Task
from skybatch.batch.planning.absent_images import absent_images
from skybatch.batch.planning.bands_apart import absent_of_sets
from skybatch.batch.planning.made_sizes import made_size
from skybatch.batch.planning.matching import Matches
from skybatch.batch.reasons import FAILURE_MEANINGS
from skybatch.fits.edge_mode import EdgeMode
from skybatch.fits.limits import MAX_IMAGE_BYTES
from skybatch.fits.pixel_box import Crop
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.inventory.matches import PixelPositions
from skybatch.inventory.places.image_stores import place_of
from skybatch.inventory.stored_image import PLAIN, hdu_of
from skybatch.requests.model import LIST_MODES, Mode, Request, Row
from skybatch.status import AbsentImages
from skybatch.surveys.image_id import TILED_SUFFIX, image_key, product_of
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets, Tiles
    from skybatch.inventory.inventory import Inventory

TILED = TILED_SUFFIX.removeprefix(".")
TILE_FORMS = ("fz", TILED)
STORED_FORMS = ("fits", "fits.gz", "fit", "fit.gz", TILED)
"""Those in which a file may be delivered as it is; of other endings the image is, as plain FITS."""
# Columns that tell the sizes and forms of files, beside the stored bytes.
PLANNED = ("header_blocks", "cards", "tile_table", "tile_heap")
EDGE_DECIMALS = 3  # of an arcsec, as the tables show it
MAX_PADDED_SIDE = 2048
"""Most columns and rows of a padded crop, which no image bounds: a worker holds many crops at once."""


class Refusal(NamedTuple):
    """Why an image is not delivered although it exists."""

    code: FailureCode
    reason: str


OUTSIDE_IMAGE = Refusal(FailureCode.OUTSIDE_IMAGE, FAILURE_MEANINGS[FailureCode.OUTSIDE_IMAGE])
PADDED_TOO_LARGE = Refusal(
    FailureCode.PADDED_TOO_LARGE, f"at most {MAX_PADDED_SIDE:,} x {MAX_PADDED_SIDE:,} pixels"
)


@dataclass(frozen=True)
class TaskBuilder:
    """Makes the tasks of one data set from its matches, unordered and with file names that may repeat.

    ``limit`` is what one batch may hold, in bytes; an image larger than that is refused.
    """

    request: Request
    inventory: Inventory
    matches: Matches
    limit: int

    @cached_property
    def details(self) -> ImageSets:
        """The facts of the image set of each match; what a plan is made of is at hand."""
        survey = survey_of(self.inventory.dataset)
        rows = (self.request.rows[int(i)] for i in np.unique(self.matches.row_index))
        types = {row.image_type or self.request.image_type for row in rows}
        held = (f"bytes.{product_of(survey, each)}" for each in types)
        return self.inventory.details(self.matches.set_index).fetched(*survey.set.fields, *PLANNED, *held)

    def absent(self) -> dict[int, AbsentImages]:
        """Return the images asked for that the archive does not hold, by row index."""
        survey = survey_of(self.inventory.dataset)
        if self.inventory.bands_apart and not survey.has_sets_of_one_band:
            return absent_of_sets(self.request, self.inventory, self.matches, self.details)
        return absent_images(self.request, self.inventory.dataset, self.matches, self.details)

    def tasks(self) -> Iterator[Task]:
        """Yield a task for each image that the archive holds of each match and band."""
        details = self.details
        placed = self._pixel_positions()
        crops = self._crops(details, placed)
        edges = self._edge_distances(placed)
        geometries = self._geometries(details)
        for i in range(len(self.matches.row_index)):
            index = int(self.matches.row_index[i])
            row = self.request.rows[index]
            for band in self.request.bands_in(row, self.inventory.dataset):
                stored = self._stored(details, i, row, band)
                if stored is not None:
                    placed_at = edges[i], geometries[i]
                    yield self._task(details, i, index, band, stored, crops.get(i), placed_at)

    def _geometries(self, details: ImageSets) -> list[ImageGeometry]:
        """Return the geometry of each match, one object for each image set."""
        made = ImageGeometry.of_sets(details)
        numbers = self.matches.set_index.tolist()
        shared = dict(zip(numbers, made, strict=True))
        return [shared[number] for number in numbers]

    def _pixel_positions(self) -> PixelPositions:
        """Return for each match where the position of its row lies in the image; NaN without a position."""
        if self.matches.positions is not None:
            return self.matches.positions
        rows = [self.request.rows[int(i)] for i in self.matches.row_index]
        x, y, edge_distance = np.full((3, len(rows)), np.nan)
        placed = np.array([i for i, row in enumerate(rows) if row.position], np.intp)
        if len(placed):
            ra, dec = _coordinates(rows, placed, "ra"), _coordinates(rows, placed, "dec")
            found = self.inventory.pixel_positions(self.matches.set_index[placed], ra, dec)
            x[placed], y[placed], edge_distance[placed] = found.x, found.y, found.edge_distance
        return PixelPositions(x, y, edge_distance)

    def _edge_distances(self, placed: PixelPositions) -> list[float | None]:
        """Return for each match of a row with a position how far that lies inside the image, arcsec."""
        if self.request.mode is Mode.REGION:
            return [None] * len(self.matches.row_index)
        distances = placed.edge_distance.tolist()
        return [None if math.isnan(each) else round(each, EDGE_DECIMALS) for each in distances]

    def _crops(self, details: ImageSets, placed: PixelPositions) -> dict[int, Crop | Refusal]:
        """Return the crop of each match whose row wants one, or why there is none."""
        rows = [self.request.rows[int(i)] for i in self.matches.row_index]
        crops = np.array([i for i, row in enumerate(rows) if row.size is not None and row.position], np.intp)
        if not len(crops):
            return {}
        x, y = placed.x[crops], placed.y[crops]
        size = np.array([rows[i].size for i in crops], dtype=np.float64) / 3600.0
        across = size / np.abs(details.cdelt1[crops])
        along = size / np.abs(details.cdelt2[crops])
        found: dict[int, Crop | Refusal] = {}
        for k, i in enumerate(crops.tolist()):
            sides = int(details.naxis1[i]), int(details.naxis2[i])
            wanted = float(x[k]), float(y[k]), float(across[k]), float(along[k])
            try:
                found[i] = _allowed(Crop.around(*wanted, *sides, self._edge_mode(rows[i])))
            except ValueError:
                found[i] = OUTSIDE_IMAGE
        return found

    def _edge_mode(self, row: Row) -> EdgeMode:
        return row.edge or self.request.edge

    def _stored(self, details: ImageSets, i: int, row: Row, band: str) -> tuple[str, int] | None:
        """Return suffix and size of the stored image, or None where the archive holds none."""
        quicklook = (row.image_type or self.request.image_type) == ImageType.QUICKLOOK
        sizes = details.quicklook_bytes if quicklook else details.bytes
        suffixes = details.quicklook_suffix if quicklook else details.suffix
        size = int(sizes[band][i])
        return (str(suffixes[band][i]), size) if size else None

    def _task(
        self,
        details: ImageSets,
        i: int,
        index: int,
        band: str,
        stored: tuple[str, int],
        crop: Crop | Refusal | None,
        placed: tuple[float | None, ImageGeometry],
    ) -> Task:
        row = self.request.rows[index]
        image_type = row.image_type or self.request.image_type
        box, cut_at_edge = crop if isinstance(crop, Crop) else (None, False)
        tiles = details.tiles(i, band) if image_type == ImageType.ATLAS else None
        form, suffix, stored_bytes = self._read(row, image_type, stored, tiles, whole=crop is None)
        image = details.image_id(i, band)
        source = sys.intern(image_key(image, image_type, suffix))
        if f".{form}" == suffix and crop is None:
            size = stored_bytes
        else:
            name = source.rpartition("/")[2]
            size = made_size(details, i, band, image_type, box, form, name)
        refusal_code, refusal = crop if isinstance(crop, Refusal) else self._refusal(size, whole=crop is None)
        row_number = row.row_number if self.request.mode in LIST_MODES and row.row_number > 0 else None
        return Task(
            index=-1,
            row=index,
            row_number=row_number,
            id=row.id,
            file=image_file(image, image_type, form, row_number, row.id),
            source=source,
            dataset=image.dataset,
            set_index=int(self.matches.set_index[i]),
            band=band,
            image_type=image_type,
            delivery_format=sys.intern(form),
            box=box,
            bytes=size,
            refusal=refusal,
            refusal_code=refusal_code,
            edge_dist=placed[0],
            tiles=(tiles.size, tiles.heap) if tiles is not None and suffix == TILED_SUFFIX else None,
            geometry=placed[1],
            edge=EdgeMode.CLIP if crop is None else self._edge_mode(row),
            cut_at_edge=cut_at_edge,
            stored_bytes=stored_bytes,
            place=self._place,
            hdu=hdu_of(image.dataset, image_type),
        )

    @cached_property
    def _place(self) -> str:
        """Where the images of the data set lie."""
        return sys.intern(place_of(self.inventory.dataset))

    def _refusal(self, size: int, *, whole: bool) -> Refusal | tuple[None, None]:
        """Tell why a file of this size is not made, if it is not."""
        if whole and size > MAX_IMAGE_BYTES:
            most = (
                f"whole images of at most {MAX_IMAGE_BYTES:,} bytes are delivered, and crops of larger ones"
            )
            return Refusal(FailureCode.SOURCE_UNSUPPORTED, f"the image has {size:,} bytes; {most}")
        if size <= self.limit:
            return None, None
        why = f"larger than the limit: {size:,} bytes, and a batch may hold {self.limit:,}"
        return Refusal(FailureCode.OVER_BATCH_LIMIT, why)

    def _read(
        self, row: Row, image_type: ImageType, stored: tuple[str, int], tiles: Tiles | None, *, whole: bool
    ) -> tuple[str, str, int]:
        """Choose the form of the file that is delivered, and suffix and size of the one that is read for it.

        Crops are of tiles where there are any, unless the image is stored as plain FITS too.
        """
        suffix, size = stored
        form = self._delivery_format(row, image_type, suffix, tiles) if whole else "fits"
        if tiles is not None and (form == TILED or (not whole and suffix not in PLAIN)):
            return form, TILED_SUFFIX, tiles.size
        return form, suffix, size

    def _delivery_format(self, row: Row, image_type: ImageType, suffix: str, tiles: Tiles | None) -> str:
        """Choose how a whole image is delivered: restored to plain FITS, or as it is stored.

        Tiles are delivered only on request. An image that is stored as tiles alone is made a ``fits.gz``
        again; one that has no tiles is delivered as it is stored.
        """
        wanted = row.delivery_format or self.request.delivery_format
        if image_type == ImageType.QUICKLOOK:
            plain = wanted == "fits" if row.delivery_format else self.request.decompress
            return "fits" if plain else suffix.removeprefix(".")
        if wanted == "fits":
            return "fits"
        if wanted in TILE_FORMS and tiles is not None:
            return TILED
        restored = suffix == TILED_SUFFIX and tiles is not None
        stored = suffix.removeprefix(".")
        return "fits.gz" if restored else stored if stored in STORED_FORMS else "fits"


def _coordinates(rows: list[Row], crops: NDArray[np.intp], axis: str) -> NDArray[np.float64]:
    return np.array([getattr(rows[i].position, axis) for i in crops], dtype=np.float64)


def wants_tiles(request: Request, task: Task) -> bool:
    """Tell whether a task is for a whole Atlas image that was asked for in tiles."""
    form = request.rows[task.row].delivery_format or request.delivery_format
    return task.box is None and task.image_type == ImageType.ATLAS and form in TILE_FORMS


def _allowed(crop: Crop) -> Crop | Refusal:
    """Return the crop, or why it is not made."""
    if any(crop.box.padding) and max(crop.box.width, crop.box.height) > MAX_PADDED_SIDE:
        return PADDED_TOO_LARGE
    return crop
