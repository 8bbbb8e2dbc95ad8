"""What a request asked, as a sentence for people, made of the facts in the batch's status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skybatch.presentation.formatting import count, listing, plain
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BAND_NAMES
from skybatch.surveys.twomass.datasets import DATASET_TITLES

QUICKLOOK_CAUTION = (
    "Quicklook images are restored from lossy-compressed files. Use them for positions, finding charts "
    "and looking at the sky; for photometry always use Atlas images."
)
_HEMISPHERES = {"n": "north", "s": "south"}
_RELATIONS = {
    "overlap": "overlap",
    "cover": "wholly cover",
    "enclosed": "lie wholly within",
}
_LISTS = {
    "positions": ("position", "positions"),
    "coadd_keys": ("coadd key", "coadd keys"),
    "scans": ("scan", "scans"),
}


def asked_sentence(facts: Mapping[str, Any]) -> str:
    """What was asked, as the object of "you asked for": no capital, no full stop."""
    kind = "Quicklook images" if facts.get("image_type") == ImageType.QUICKLOOK else "Atlas images"
    bands = listing([BAND_NAMES.get(band, band) for band in facts.get("bands", ())])
    return f"{bands} {kind} {_where(facts)}".strip()


def _where(facts: Mapping[str, Any]) -> str:
    if region := facts.get("region"):
        relation = _RELATIONS.get(region["relation"], region["relation"])
        return f"that {relation} the circle of {region['diameter']:g}° diameter around {_center(region)}"
    if scan := facts.get("scan"):
        hemisphere = _HEMISPHERES.get(scan["hem"], scan["hem"])
        return f"of scan {scan['scan']} of the night {scan['date']}, {hemisphere}"
    if facts.get("ours"):
        return f"for {count(facts.get('rows'), 'row')} of a table of an earlier batch"
    nouns = _LISTS.get(facts.get("mode", ""), ("row", "rows"))
    return f"for {count(facts.get('rows'), *nouns)}"


def _center(region: Mapping[str, Any]) -> str:
    name = plain(region["name"], 60) if region.get("name") else ""
    if not region.get("center"):
        return name
    ra, dec = region["center"]
    position = f"{ra:.5f} {dec:+.5f}"
    return f"{name} ({position}, ICRS)" if name else f"{position} (ICRS)"


def asked_details(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The choices beside the where: pairs of a term and what was chosen."""
    details = [("Data set", DATASET_TITLES.get(facts.get("dataset", ""), str(facts.get("dataset", ""))))]
    if facts.get("table_name"):
        details.append(("Table", plain(facts["table_name"], 80)))
    return [*details, ("Delivered as", _delivery(facts))]


def _delivery(facts: Mapping[str, Any]) -> str:
    if facts.get("image_type") == ImageType.QUICKLOOK:
        return "plain FITS, restored" if facts.get("decompress", True) else "compressed, as stored"
    forms = {"fits": "plain FITS", "fz": "FITS in compressed tiles where stored so; crops plain"}
    return forms.get(facts.get("form", ""), "gzip-compressed FITS, as stored; crops plain")
