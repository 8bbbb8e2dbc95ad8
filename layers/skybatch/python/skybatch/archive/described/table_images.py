"""The images of metadata tables, such as the archive's own search answers with, by a survey's description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skybatch.archive.described import table_cells
from skybatch.archive.described.headers import Mismatch
from skybatch.archive.metadata_cells import InvalidCell, MetadataRow
from skybatch.errors import CellError, InvalidRequest
from skybatch.fits.cards import Value
from skybatch.fits.celestial_wcs import CelestialWcs
from skybatch.sky.footprints import Footprints
from skybatch.sky.pixel_grids import Projection
from skybatch.sky.vectors import Floats, to_vector
from skybatch.surveys.description.keys import FieldValue
from skybatch.surveys.description.survey import Survey
from skybatch.tables.files.stream import stream_rows

MAX_REPORTED_ERRORS = 100
# Corners of tables are of other points of the corner pixels than ours: those of the archive's WISE tables
# lie at pixels -0.5 and 4095.5.
CORNER_PIXELS = 2.0


@dataclass(frozen=True)
class TableImage:
    """One image of a table; ``place`` is file and line, ``corners`` those of the table, degrees.

    ``missing`` says what the table lacks to place it on the sky; ``wcs`` is None then.
    """

    place: str
    dataset: str
    fields: Mapping[str, FieldValue]
    band: str
    wcs: CelestialWcs | None
    naxis1: int
    naxis2: int
    values: Mapping[str, Value]
    corners: tuple[float, ...] | None
    missing: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells it from other images."""
        return (self.dataset, *self.fields.values(), self.band)


def read_table_images(paths: Iterable[Path], survey: Survey) -> list[TableImage]:
    """Read the images of tables, each once, in their order.

    Raises
    ------
    InvalidRequest
        For a table without the columns, impossible values (up to 100 are named), an image listed twice with
        different values, and tables without an image.
    """
    errors: list[CellError] = []
    found: dict[tuple[object, ...], TableImage] = {}
    for path in paths:
        for image in _images(path, survey, errors):
            first = found.setdefault(image.identity, image)
            if _said(first) != _said(image):
                name = survey.set_id.format(image.fields)
                places = f"{first.place} and {image.place}"
                raise InvalidRequest(f"{places}: different values of {name} in band {image.band}")
    if errors:
        sentences = "; ".join(error.sentence() for error in errors)
        raise InvalidRequest(f"the tables are refused: {sentences}", errors=errors)
    if not found:
        raise InvalidRequest("the tables hold no image of the survey")
    return list(found.values())


def _said(image: TableImage) -> tuple[object, ...]:
    return image.wcs, image.naxis1, image.naxis2, image.values


def _images(path: Path, survey: Survey, errors: list[CellError]) -> Iterator[TableImage]:
    for line, cells in stream_rows(path, table_cells.columns_read(survey)):
        row = MetadataRow(path, line, cells)
        if not table_cells.is_image(row, survey):
            continue
        try:
            yield _image(row, survey)
        except InvalidCell as bad:
            errors.append(bad.error)
            if len(errors) >= MAX_REPORTED_ERRORS:
                return


def _image(row: MetadataRow, survey: Survey) -> TableImage:
    missing = table_cells.missing_of_grid(row, survey)
    wcs, naxis1, naxis2 = (None, 0, 0) if missing else table_cells.grid_of(row, survey)
    key = table_cells.key_of(row, survey)
    return TableImage(
        place=f"{row.path.name}, line {row.line}" if row.line is not None else row.path.name,
        dataset=key.dataset if key else _dataset(row, survey),
        fields=key.fields if key else table_cells.fields_of(row, survey),
        band=key.band if key else table_cells.band_of(row, survey),
        wcs=wcs,
        naxis1=naxis1,
        naxis2=naxis2,
        values=table_cells.values_of(row, survey),
        corners=table_cells.corners_of(row),
        missing=missing,
    )


def _dataset(row: MetadataRow, survey: Survey) -> str:
    if len(survey.datasets) == 1:
        return next(iter(survey.datasets))
    return row.choice({name: name for name in survey.datasets}, "dataset")


def well_placed(images: Sequence[TableImage]) -> tuple[list[TableImage], list[Mismatch]]:
    """Part images from those whose corners in the table are not where their pixel grids have them."""
    # Corners of distorted images are pixels away from those of their matrix.
    known = [
        number
        for number, image in enumerate(images)
        if image.corners is not None and image.wcs is not None and not image.wcs.terms
    ]
    pixels = _corner_pixels([images[number] for number in known]).max(axis=1) if known else np.empty(0)
    far = {n: apart for n, apart in zip(known, pixels.tolist(), strict=True) if not apart <= CORNER_PIXELS}
    wrong = [
        Mismatch(images[n].place, f"the table's corners lie {apart:.3g} pixels from those of its pixel grid")
        for n, apart in far.items()
    ]
    return [image for n, image in enumerate(images) if n not in far], wrong


def _corner_pixels(images: Sequence[TableImage]) -> Floats:
    """Return how far each corner of the table is from the nearest of the pixel grid, (n, 4), pixels."""
    ours = to_vector(*_footprints(images).corners())
    given = np.array([image.corners for image in images]).reshape(-1, 4, 2)
    theirs = to_vector(given[..., 0], given[..., 1])
    apart = np.linalg.norm(ours[:, None, :, :] - theirs[:, :, None, :], axis=-1)
    pixel = np.array([min(abs(wcs.cdelt1), abs(wcs.cdelt2)) for wcs in _wcs(images)])
    nearest: Floats = np.degrees(apart.min(axis=2)) / pixel[:, None]
    return nearest


def _footprints(images: Sequence[TableImage]) -> Footprints:
    names = ("crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crota2", "skew")
    columns = {name: np.array([getattr(wcs, name) for wcs in _wcs(images)]) for name in names}
    columns |= {name: np.array([getattr(image, name) for image in images]) for name in ("naxis1", "naxis2")}
    columns["projection"] = np.array([float(Projection[wcs.projection]) for wcs in _wcs(images)])
    return Footprints.from_keywords(columns)


def _wcs(images: Sequence[TableImage]) -> list[CelestialWcs]:
    return [image.wcs for image in images if image.wcs is not None]
