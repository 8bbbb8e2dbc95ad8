"""Facts about single images, and the image sets they make together.

However an archive is read, by headers or by metadata tables, each image gives one row of dtype `FACTS`;
three bands of one date, hemisphere, scan and image number make a set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.image_sets import SUFFIXES, TILES, ImageSets
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.layout import TILED_SUFFIX, ImageId, atlas_key

GRID = ("naxis1", "naxis2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crval1", "crval2", "crota2")
FACTS = np.dtype(
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
QUICKLOOKS = np.dtype([("code", "<i8"), ("band", "u1"), ("suffix", "u1"), ("bytes", "<i8")])
SUFFIX_CODE = {str(suffix): code for code, suffix in enumerate(SUFFIXES)}

Rows = NDArray[np.void]

# Bands of a set share one pixel grid; headers print it with 10 digits, far finer than this.
GRID_PIXELS = 0.05


@dataclass(frozen=True)
class Problem:
    """A file or table line that was left out, and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def image_code(image: ImageId) -> int:
    """Date, hemisphere, scan, image number as the number of `imagesets.scan_codes`."""
    return ((int(image.date) * 2 + (image.hem == "s")) * 1000 + image.scan) * 10_000 + image.image


def image_of(dataset: str, code: int, band: int) -> ImageId:
    """The identity behind a code."""
    rest, image = divmod(code, 10_000)
    rest, scan = divmod(rest, 1000)
    date, south = divmod(rest, 2)
    return ImageId(dataset, f"{date:06d}", "ns"[south], scan, image, BANDS[band])


def key_of(dataset: str, row: Any) -> str:
    """The archive key of a row of facts."""
    return atlas_key(image_of(dataset, int(row["code"]), int(row["band"])), str(SUFFIXES[row["suffix"]]))


def consistent(dataset: str, facts: Rows) -> tuple[Rows, list[Problem]]:
    """Facts by code and band, one row an image, without what contradicts an earlier row of its image or set.

    A tiled form beside another form becomes part of that one's row. Left out, and named: a second file for
    one image (the usual suffix wins), and a band whose pixel grid, header length or coadd key differs from
    the set's first.
    """
    facts = facts[np.lexsort((facts["suffix"], facts["band"], facts["code"]))]
    facts, problems = _once(dataset, facts)
    first = np.unique(facts["code"], return_index=True)[1]
    chief = facts[first[np.cumsum(np.diff(facts["code"], prepend=-1) != 0) - 1]]
    odd = _differs(facts, chief)
    problems += [_contradiction(dataset, facts[i], chief[i]) for i in np.flatnonzero(odd).tolist()]
    return facts[~odd], problems


def _once(dataset: str, facts: Rows) -> tuple[Rows, list[Problem]]:
    """One row an image of sorted facts."""
    image = facts["code"] * len(BANDS) + facts["band"]
    _, first, number = np.unique(image, return_index=True, return_inverse=True)
    main = first[number]
    further = np.flatnonzero(main != np.arange(len(facts)))
    problems = []
    for i in further.tolist():
        if facts["suffix"][i] != SUFFIX_CODE[TILED_SUFFIX]:
            name = key_of(dataset, facts[main[i]])
            problems.append(Problem(key_of(dataset, facts[i]), f"a second file for the image {name}"))
        elif _differs(facts[i : i + 1], facts[main[i] : main[i] + 1])[0]:
            problems.append(_contradiction(dataset, facts[i], facts[main[i]]))
        else:
            for name in TILES:
                facts[name][main[i]] = facts[name][i]
    return np.delete(facts, further), problems


def _contradiction(dataset: str, row: Any, chief: Any) -> Problem:
    return Problem(key_of(dataset, row), f"pixel grid or key differ from {key_of(dataset, chief)}")


def _differs(facts: Rows, chief: Rows) -> NDArray[np.bool_]:
    pixel = np.abs(chief["cdelt2"])
    far = np.maximum(chief["naxis1"], chief["naxis2"])
    across = (facts["crval1"] - chief["crval1"] + 180.0) % 360.0 - 180.0
    shift = np.abs(across) * np.cos(np.radians(chief["crval2"])) / pixel
    shift += np.abs(facts["crval2"] - chief["crval2"]) / pixel
    shift += np.abs(facts["crpix1"] - chief["crpix1"]) + np.abs(facts["crpix2"] - chief["crpix2"])
    shift += np.radians(np.abs(facts["crota2"] - chief["crota2"])) * far
    for name in ("cdelt1", "cdelt2"):
        shift += np.abs(facts[name] - chief[name]) / pixel * far
    odd = shift > GRID_PIXELS
    for name in ("naxis1", "naxis2", "header_blocks", "coadd_key"):
        odd |= facts[name] != chief[name]
    return np.asarray(odd)


def assemble(dataset: str, facts: Rows, quicklooks: Rows) -> tuple[ImageSets, list[Problem]]:
    """Image sets of `consistent` facts in the order of their codes, and Quicklooks that belong to none.

    The pixel grid of a set is that of its first band.
    """
    codes, first, number = np.unique(facts["code"], return_index=True, return_inverse=True)
    chief = facts[first]
    columns: dict[str, Any] = {name: chief[name].astype(np.float64) for name in GRID}
    for name in ("naxis1", "naxis2"):
        columns[name] = columns[name].astype(np.int64)
    columns |= _identities(codes)
    columns["ut_date"] = chief["ut_date"].astype(np.str_)
    columns["coadd_key"] = chief["coadd_key"]
    columns["header_blocks"] = chief["header_blocks"].astype(np.int64)
    empties = {"bytes": 0, "seesh": np.nan, "magzp": np.nan, "msnr10": np.nan, **dict.fromkeys(TILES, 0)}
    for name, empty in empties.items():
        columns[name] = _by_band(len(codes), number, facts["band"], facts[name], empty)
    columns["suffix"] = _by_band(len(codes), number, facts["band"], SUFFIXES[facts["suffix"]], "")
    seen, problems = spread_quicklooks(dataset, codes, quicklooks)
    return ImageSets(sets=np.arange(len(codes)), dataset=dataset, **columns, **seen), problems


def spread_quicklooks(
    dataset: str, codes: NDArray[np.int64], quicklooks: Rows
) -> tuple[dict[str, Any], list[Problem]]:
    """Columns ``quicklook_bytes`` and ``quicklook_suffix`` for sets of ascending codes, and strays."""
    quicklooks, place, problems = _belonging(dataset, codes, quicklooks)
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
    """Values spread over sets and bands, ``empty`` where there are none."""
    columns = {}
    for code, name in enumerate(BANDS):
        column = np.full(count, empty, dtype=values.dtype)
        mine = band == code
        column[number[mine]] = values[mine]
        columns[name] = column
    return columns


def _belonging(
    dataset: str, codes: NDArray[np.int64], quicklooks: Rows
) -> tuple[Rows, NDArray[np.intp], list[Problem]]:
    """Quicklooks that belong to a set, the set of each, and problems with the rest.

    Where an image has several the last listed wins: tile-compressed ones can be read in parts.
    """
    quicklooks = quicklooks[np.argsort(quicklooks["suffix"], kind="stable")]
    place = np.searchsorted(codes, quicklooks["code"])
    known = np.append(codes, -1)[place] == quicklooks["code"]
    strays = [image_of(dataset, int(q["code"]), int(q["band"])) for q in quicklooks[~known]]
    problems = [Problem(f"Quicklook of {atlas_key(i, '')}", "no image of its set is there") for i in strays]
    return quicklooks[known], place[known], problems
