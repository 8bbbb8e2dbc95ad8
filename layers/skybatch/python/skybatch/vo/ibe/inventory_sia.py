"""The image inventory as Simple Image Access 1.0: ``nph-im_sia``, with the search circle of batch regions.

Each image has two rows, ``image/fits`` for the file and ``text/html`` for a page that shows it; FORMAT
chooses between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import MalformedRequest
from skybatch.requests import values
from skybatch.requests.model import MAX_DIAMETER, MIN_DIAMETER
from skybatch.requests.position_text import parse_position_or_name
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.sky.regions import Circle, Relation
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import DEFAULT_DATASET
from skybatch.surveys.twomass.bands import BANDS
from skybatch.tables.model import Param, Table, Values
from skybatch.tables.schemas.batch import INVENTORY
from skybatch.tables.schemas.image_rows import ImageRows
from skybatch.tables.schemas.image_table import image_data
from skybatch.tables.schemas.search import INVENTORY_PARAMS, SIA_ACCESS
from skybatch.validation import InvalidValue
from skybatch.vo.access_data import access_data
from skybatch.vo.links import fits_url, page_url
from skybatch.vo.parameters import Parameters, choice, refused
from skybatch.vo.pos_size import RELATIONS, size
from skybatch.vo.responses import TableResponse, overflow_note, response_format, too_many_rows
from skybatch.vo.search_images import ATLAS, QUICKLOOK, FoundImages, Predicate, find_images
from skybatch.vo.service_descriptors import image_services
from skybatch.vo.sia1 import METADATA, image_formats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

TITLE = "2MASS image inventory"
COLUMNS = (*INVENTORY, *SIA_ACCESS)
FITS, PAGE = "image/fits", "text/html"
_BOTH = (ATLAS, QUICKLOOK)
TYPES = {kind.parameter: (kind.letter,) for kind in ImageType} | {"": _BOTH, "all": _BOTH}
NO_LOCATION = "No location specified"
INPUTS: tuple[Param, ...] = (
    Param("INPUT:POS", "", description="A coordinate in any form, or an object name."),
    Param("INPUT:SIZE", "0.05", unit="deg", description="Diameter of the search circle, 0.05 to 7."),
    Param("INPUT:INTERSECT", "OVERLAPS", description="OVERLAPS, COVERS, ENCLOSED or CENTER."),
    Param("INPUT:FORMAT", "ALL", description="ALL, image/fits, text/html or METADATA."),
    Param("INPUT:MAXREC", "10000", "int", description="The most rows to answer with."),
    Param("INPUT:ds", DEFAULT_DATASET, description="Data set: asky, askyw, sx, sxw or cal."),
    Param("INPUT:type", "", description="at for Atlas images, ql for Quicklooks; both without it."),
    Param("INPUT:band", "A", description="J, H, K, KS, or A for all."),
    Param("INPUT:xdate", "", description="Reference date, yymmdd."),
    Param("INPUT:hem", "", description="Hemisphere of the observatory, n or s."),
    Param("INPUT:scan", "", "int", description="Number of the scan in its night."),
    Param("INPUT:image", "", "int", description="Number of the image in its scan."),
    Param("INPUT:coadd_key", "", "int", description="Number of the image set."),
)

# An object name -> its position; MalformedRequest where no service knows it, Transient where none answers.
ResolveName = Callable[[str], SkyPosition]


@dataclass(frozen=True)
class SearchCircle:
    """The circle searched, how images relate to it, and notes on what was clamped."""

    circle: Circle
    relation: Relation
    notes: tuple[str, ...]


def inventory_sia(
    parameters: Parameters, inventory: Inventory, root: str, resolve_name: ResolveName
) -> TableResponse:
    """Answer a query of the data set that ``ds`` names, whose inventory is given.

    Raises MalformedRequest for a parameter that cannot be read; whatever ``resolve_name`` raises.
    """
    fmt = response_format(parameters, "RESPONSEFORMAT", "votable")
    formats = _formats(parameters)
    if formats is None:
        empty = find_images(inventory, _no_sets(), 0)
        return TableResponse(_table(empty, (FITS,), root, 0, (), (*INPUTS, *INVENTORY_PARAMS)), fmt)
    where, max_rows = search_circle(parameters, resolve_name), parameters.max_rows()
    bands, kinds = _bands(parameters), requested_kinds(parameters)
    sets = inventory.in_region(where.circle, where.relation) if formats else _no_sets()
    found = find_images(inventory, sets, max_rows, bands=bands, kinds=kinds, matches=_predicate(parameters))
    return TableResponse(_table(found, formats, root, max_rows, where.notes, INVENTORY_PARAMS), fmt)


def search_circle(parameters: Parameters, resolve_name: ResolveName) -> SearchCircle:
    """Return the circle of POS, SIZE and INTERSECT; a SIZE outside 0.05 to 7 degrees is clamped and noted."""
    text = parameters.text("pos")
    if not text:
        raise MalformedRequest(NO_LOCATION)
    asked = max(size(parameters.text("size", "0")))
    diameter = min(max(asked, MIN_DIAMETER), MAX_DIAMETER)
    notes: tuple[str, ...] = ()
    if diameter != asked and parameters.text("size"):
        lowest, highest = f"{MIN_DIAMETER:g}", f"{MAX_DIAMETER:g}"
        notes = (f"SIZE {asked:g} is not within {lowest} to {highest} degrees: {diameter:g} was taken.",)
    relation = choice("INTERSECT", parameters.text("intersect", "overlaps"), RELATIONS)
    sky = _sky(text, resolve_name)
    return SearchCircle(Circle(sky.ra, sky.dec, diameter / 2.0), relation, notes)


def requested_kinds(parameters: Parameters) -> tuple[str, ...]:
    """Return Atlas images, Quicklooks, or both, as ``type`` says. Raises MalformedRequest."""
    word = parameters.text("type").lower()
    if word not in TYPES:
        raise refused("type", word, "must be at or ql")
    return TYPES[word]


def _formats(parameters: Parameters) -> tuple[str, ...] | None:
    """Return the requested formats, in the order of an image's rows; None for METADATA."""
    words = image_formats(parameters)
    if METADATA in words:
        return None
    every = {"all", "*", ""} & set(words)
    return tuple(each for each in (FITS, PAGE) if every or each in words)


def _sky(text: str, resolve_name: ResolveName) -> SkyPosition:
    try:
        place = parse_position_or_name(text)
    except InvalidValue as broken:
        raise refused("POS", text, str(broken)) from None
    if isinstance(place, str):
        return resolve_name(place)
    sky = to_icrs([place])[0]
    if sky is None:
        raise refused("POS", text, "is no position")
    return sky


def _bands(parameters: Parameters) -> tuple[str, ...]:
    words = parameters.text("band", "a").replace(",", " ").split()
    try:
        asked = {band for word in words for band in values.bands(word)}
    except InvalidValue:
        raise refused("band", parameters.text("band"), "must be J, H, K, KS or A") from None
    return tuple(band for band in BANDS if band in asked)


_FILTERS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("xdate", "date", values.xdate),
    ("hem", "hem", values.hemisphere),
    ("scan", "scan", values.scan),
    ("image", "image", values.integer),
    ("coadd_key", "coadd_key", values.integer),
)


def _predicate(parameters: Parameters) -> Predicate | None:
    """Return a test of the sets by the parameters beside POS, None where there are none."""
    asked = [
        (field, _value(name, parameters.text(name), read))
        for name, field, read in _FILTERS
        if parameters.text(name)
    ]
    if not asked:
        return None

    def matches(details: ImageSets, band: str) -> NDArray[np.bool_]:
        tests = [getattr(details, field) == value for field, value in asked]
        return np.asarray(np.logical_and.reduce(tests))

    return matches


def _value(name: str, text: str, read: Callable[[str], object]) -> object:
    try:
        value = read(text)
    except InvalidValue as broken:
        raise refused(name, text, str(broken)) from None
    if value is None:
        raise refused(name, text, "must be a whole number")
    return value


def _table(
    found: FoundImages,
    formats: tuple[str, ...],
    root: str,
    max_rows: int,
    notes: tuple[str, ...],
    params: tuple[Param, ...],
) -> Table:
    """Return a row for each image and format, no more than MAXREC in all."""
    rows = list(product(range(len(found)), formats))[:max_rows]
    images = ImageRows(
        dataset=[found.details.dataset] * len(rows),
        set_index=found.details.set_index[found.at[[i for i, _ in rows]]] if rows else _no_sets(),
        band=[found.band[i] for i, _ in rows],
        type=[found.kind[i] for i, _ in rows],
        url=list(_urls(root, found, rows)),
        format=[form for _, form in rows],
    )
    more = overflow_note(found, max_rows) or (
        too_many_rows(max_rows) if len(found) * len(formats) > max_rows else ""
    )
    data = image_data({found.details.dataset: found.details}, images, INVENTORY)
    return Table(
        COLUMNS,
        data | _access(found, rows),
        params=params,
        title=TITLE,
        notes=notes,
        overflow=more,
        services=image_services(root, "publisher_did"),
        cell_lines=True,
    )


def _access(found: FoundImages, rows: list[tuple[int, str]]) -> dict[str, Values]:
    """Return the values of `SIA_ACCESS`; a page has no size."""
    data = access_data(found, [i for i, _ in rows])
    sizes = zip(data["filesize"], rows, strict=True)
    return data | {"filesize": [size if form == FITS else None for size, (_, form) in sizes]}


def _urls(root: str, found: FoundImages, rows: list[tuple[int, str]]) -> Iterator[str]:
    for i, form in rows:
        yield fits_url(root, found, i) if form == FITS else page_url(root, found, i)


def _no_sets() -> NDArray[np.intp]:
    return np.empty(0, np.intp)
