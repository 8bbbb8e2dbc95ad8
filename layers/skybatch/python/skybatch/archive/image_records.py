"""Records of single images, and the image sets that they form.

Whether an archive is read by headers or by metadata tables, each image gives one row of dtype
`IMAGE_RECORD`; the bands of one date, hemisphere, scan and image number form a set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceError
from skybatch.inventory.image_sets import SUFFIXES, TILES, ImageSets
from skybatch.surveys.image_id import TILED_SUFFIX, ScanImageId, atlas_key
from skybatch.surveys.twomass.bands import BANDS

GRID = ("naxis1", "naxis2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crval1", "crval2", "crota2")
IMAGE_RECORD = np.dtype(
    [
        ("code", "<i8"),
        ("band", "u1"),
        ("suffix", "u1"),
        ("bytes", "<i8"),
        ("modified", "<i8"),
        ("header_blocks", "<u2"),
        ("ut_date", "S6"),
        ("coadd_key", "<i8"),
        *((name, "<f8") for name in (*GRID, "seesh", "magzp", "msnr10")),
        ("line", "<i8"),
        *((name, "<i8") for name in TILES),
    ]
)
QUICKLOOK_RECORD = np.dtype([("code", "<i8"), ("band", "u1"), ("suffix", "u1"), ("bytes", "<i8")])
SUFFIX_CODE = {str(suffix): code for code, suffix in enumerate(SUFFIXES)}

Rows = NDArray[np.void]

# Bands of a set share one pixel grid; headers print it with 10 digits, far finer than this.
GRID_PIXELS = 0.05

# An image is an outlier where it reaches this many times as far as half of all images, and beyond the usual
# (degrees; an Atlas image reaches 0.16).
OUTLIER_FACTOR = 5.0
USUAL_REACH = 1.0


@dataclass(frozen=True)
class Problem:
    """A file or table line that was skipped, and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        place = self.place if self.place.isprintable() else ascii(self.place)
        return f"{place}: {self.reason}"


# What reading one file of a tree may end in without the others being any worse.
UNREADABLE = (SourceError, FileNotFoundError, PermissionError)


def unreadable(place: str, error: Exception) -> Problem:
    """Return the problem of a file whose reading ended in one of `UNREADABLE`."""
    if isinstance(error, SourceError):
        return Problem(place, error.detail)
    gone = isinstance(error, FileNotFoundError)
    return Problem(place, "gone before it could be read" if gone else "may not be read")


def image_code(image: ScanImageId) -> int:
    """Encode date, hemisphere, scan and image number as `skybatch.inventory.image_sets.scan_codes` does."""
    return ((int(image.date) * 2 + (image.hem == "s")) * 1000 + image.scan) * 10_000 + image.image


def image_of_code(dataset: str, code: int, band: int) -> ScanImageId:
    """Decode an `image_code`; ``band`` is an index into `BANDS`."""
    rest, image = divmod(code, 10_000)
    rest, scan = divmod(rest, 1000)
    date, south = divmod(rest, 2)
    return ScanImageId(dataset, f"{date:06d}", "ns"[south], scan, image, BANDS[band])


def key_of(dataset: str, row: Any) -> str:
    """Return the archive key of a record."""
    return atlas_key(image_of_code(dataset, int(row["code"]), int(row["band"])), str(SUFFIXES[row["suffix"]]))


def reject_outliers(dataset: str, records: Rows) -> tuple[Rows, list[Problem]]:
    """Reject, and report, images that reach farther from their reference point than all others.

    Every look-up is widened by the largest such angle of an inventory, so a single wrong CDELT or CRPIX would
    make all of them read a great part of it.
    """
    if not len(records):
        return records, []
    reach = np.hypot(_reach(records, 1), _reach(records, 2))
    most = max(USUAL_REACH, OUTLIER_FACTOR * float(np.median(reach)))
    far = reach > most
    problems = [
        Problem(key_of(dataset, row), f"reaches {degrees:.2g} degrees from CRVAL; at most {most:.2g} here")
        for row, degrees in zip(records[far], reach[far], strict=True)
    ]
    return records[~far], problems


def _reach(records: Rows, axis: int) -> NDArray[np.float64]:
    """Return the largest distance along an axis from the reference pixel to the edges, degrees."""
    reference, size = records[f"crpix{axis}"], records[f"naxis{axis}"]
    pixels = np.maximum(np.abs(0.5 - reference), np.abs(size + 0.5 - reference))
    return np.asarray(pixels * np.abs(records[f"cdelt{axis}"]))


def reject_inconsistent(dataset: str, records: Rows) -> tuple[Rows, list[Problem]]:
    """Sort records by code and band, one per image, and reject those that contradict their image or set.

    A tile-compressed copy is merged into the record of the other file. Rejected, and reported: a second
    file for one image (the usual suffix wins), and a band whose pixel grid, header length or coadd key
    differs from those of the set's first band.
    """
    records = records[np.lexsort((records["suffix"], records["band"], records["code"]))]
    records, problems = _once(dataset, records)
    first = np.unique(records["code"], return_index=True)[1]
    reference = records[first[np.cumsum(np.diff(records["code"], prepend=-1) != 0) - 1]]
    differs = _differs(records, reference)
    problems += [_inconsistency(dataset, records[i], reference[i]) for i in np.flatnonzero(differs).tolist()]
    return records[~differs], problems


def _once(dataset: str, records: Rows) -> tuple[Rows, list[Problem]]:
    """Reduce sorted records to one per image."""
    image = records["code"] * len(BANDS) + records["band"]
    _, first, number = np.unique(image, return_index=True, return_inverse=True)
    main = first[number]
    further = np.flatnonzero(main != np.arange(len(records)))
    problems = []
    for i in further.tolist():
        if records["suffix"][i] != SUFFIX_CODE[TILED_SUFFIX]:
            name = key_of(dataset, records[main[i]])
            problems.append(Problem(key_of(dataset, records[i]), f"a second file for the image {name}"))
        elif _differs(records[i : i + 1], records[main[i] : main[i] + 1])[0]:
            problems.append(_inconsistency(dataset, records[i], records[main[i]]))
        else:
            for name in TILES:
                records[name][main[i]] = records[name][i]
    return np.delete(records, further), problems


def _inconsistency(dataset: str, row: Any, reference: Any) -> Problem:
    return Problem(key_of(dataset, row), f"pixel grid or key differ from {key_of(dataset, reference)}")


def _differs(records: Rows, reference: Rows) -> NDArray[np.bool_]:
    pixel = np.abs(reference["cdelt2"])
    far = np.maximum(reference["naxis1"], reference["naxis2"])
    across = (records["crval1"] - reference["crval1"] + 180.0) % 360.0 - 180.0
    shift = np.abs(across) * np.cos(np.radians(reference["crval2"])) / pixel
    shift += np.abs(records["crval2"] - reference["crval2"]) / pixel
    shift += np.abs(records["crpix1"] - reference["crpix1"]) + np.abs(records["crpix2"] - reference["crpix2"])
    shift += np.radians(np.abs(records["crota2"] - reference["crota2"])) * far
    for name in ("cdelt1", "cdelt2"):
        shift += np.abs(records[name] - reference[name]) / pixel * far
    differs = shift > GRID_PIXELS
    for name in ("naxis1", "naxis2", "header_blocks", "coadd_key"):
        differs |= records[name] != reference[name]
    return np.asarray(differs)


def assemble_image_sets(dataset: str, records: Rows, quicklooks: Rows) -> tuple[ImageSets, list[Problem]]:
    """Form image sets in order of their codes from consistent records; report Quicklooks without a set.

    The pixel grid of a set is that of its first band.
    """
    codes, first, number = np.unique(records["code"], return_index=True, return_inverse=True)
    reference = records[first]
    columns: dict[str, Any] = {name: reference[name].astype(np.float64) for name in GRID}
    for name in ("naxis1", "naxis2"):
        columns[name] = columns[name].astype(np.int64)
    columns |= _identities(codes)
    columns["ut_date"] = reference["ut_date"].astype(np.str_)
    columns["coadd_key"] = reference["coadd_key"]
    columns["header_blocks"] = reference["header_blocks"].astype(np.int64)
    empties = {"bytes": 0, "seesh": np.nan, "magzp": np.nan, "msnr10": np.nan, **dict.fromkeys(TILES, 0)}
    for name, empty in empties.items():
        columns[name] = _by_band(len(codes), number, records["band"], records[name], empty)
    columns["suffix"] = _by_band(len(codes), number, records["band"], SUFFIXES[records["suffix"]], "")
    of_quicklooks, problems = quicklook_columns(dataset, codes, quicklooks)
    return ImageSets(set_index=np.arange(len(codes)), dataset=dataset, **columns, **of_quicklooks), problems


def quicklook_columns(
    dataset: str, codes: NDArray[np.int64], quicklooks: Rows
) -> tuple[dict[str, Any], list[Problem]]:
    """Return columns ``quicklook_bytes`` and ``quicklook_suffix`` for ascending codes, and orphans."""
    quicklooks, place, problems = _match_quicklooks(dataset, codes, quicklooks)
    band, suffix = quicklooks["band"], SUFFIXES[quicklooks["suffix"]]
    columns = {
        "quicklook_bytes": _by_band(len(codes), place, band, quicklooks["bytes"], 0),
        "quicklook_suffix": _by_band(len(codes), place, band, suffix, ""),
    }
    return columns, problems


def _identities(codes: NDArray[np.int64]) -> dict[str, Any]:
    rest, image = np.divmod(codes, 10_000)
    rest, scan = np.divmod(rest, 1000)
    date, south = np.divmod(rest, 2)
    text = np.char.zfill(date.astype("U6"), 6) if len(date) else np.zeros(0, "U6")
    return {"date": text, "hem": np.where(south, "s", "n"), "scan": scan, "image": image}


def _by_band(count: int, number: Any, band: Any, values: Any, empty: Any) -> dict[str, Any]:
    """Spread values over sets and bands, ``empty`` where there are none."""
    columns = {}
    for code, name in enumerate(BANDS):
        column = np.full(count, empty, dtype=values.dtype)
        mine = band == code
        column[number[mine]] = values[mine]
        columns[name] = column
    return columns


def _match_quicklooks(
    dataset: str, codes: NDArray[np.int64], quicklooks: Rows
) -> tuple[Rows, NDArray[np.intp], list[Problem]]:
    """Return the Quicklooks that belong to a set, the set of each, and a problem for each orphan.

    Where an image has several, the last in order of suffix wins: tile-compressed ones can be read in parts.
    """
    quicklooks = quicklooks[np.argsort(quicklooks["suffix"], kind="stable")]
    place = np.searchsorted(codes, quicklooks["code"])
    known = np.append(codes, -1)[place] == quicklooks["code"]
    orphans = [image_of_code(dataset, int(q["code"]), int(q["band"])) for q in quicklooks[~known]]
    problems = [Problem(f"Quicklook of {atlas_key(i, '')}", "no image of its set is there") for i in orphans]
    return quicklooks[known], place[known], problems
