"""Files that lie beside an image and are none of their own: weights, masks, uncertainties, by their names.

A word of a file's name, between dots, dashes and underscores, tells one. Some words are used for nothing
else; others tell only where the image itself lies in the same folder, under the name with a word for images
in the place of it, or with none: ``a-w1-unc-3.fits.gz`` beside ``a-w1-int-3.fits``, ``m51.weight.fits``
beside ``m51.fits``.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

_ALWAYS = {
    "ood": "data quality",
    "oow": "weight",
    "invvar": "inverse variance",
    "ivar": "inverse variance",
    "dqmask": "data quality",
    "wtmap": "weight",
}
_BESIDE_AN_IMAGE = {
    **dict.fromkeys(("weight", "weights", "wht", "wt", "wgt"), "weight"),
    **dict.fromkeys(("mask", "msk", "dq", "dqm", "flag", "flags", "bpm"), "mask"),
    **dict.fromkeys(
        ("unc", "err", "error", "rms", "std", "sigma", "noise", "var", "variance"), "uncertainty"
    ),
    **dict.fromkeys(("cov", "coverage", "exp", "expmap", "exptime", "nexp"), "coverage"),
    **dict.fromkeys(("bkg", "bkgd", "back", "background"), "background"),
}
_OF_IMAGES = ("img", "int", "sci", "image", "drz", "ooi")
_WORDS = re.compile(r"[^._-]+")


def companion_kind(stem: str, stems: AbstractSet[str]) -> str | None:
    """Return what a file beside an image is, None for an image; ``stems`` are those of its folder.

    Stems are names without ending.
    """
    for word in _WORDS.finditer(stem):
        lower = word[0].lower()
        if lower in _ALWAYS:
            return _ALWAYS[lower]
        if lower in _BESIDE_AN_IMAGE and not stems.isdisjoint(_images(stem, *word.span())):
            return _BESIDE_AN_IMAGE[lower]
    return None


def _images(stem: str, start: int, stop: int) -> set[str]:
    """Return the names that the image beside which a file lies may have."""
    before, after = stem[:start], stem[stop:]
    names = {f"{before}{word}{after}" for word in _OF_IMAGES}
    return names | {before[:-1] + after if before else after[1:]}
