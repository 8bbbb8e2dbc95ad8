"""The image of a data set that examples of calls on a service are about: one of the middle of its list."""

from __future__ import annotations

import numpy as np

from skybatch.inventory.image_sets import ImageSets
from skybatch.surveys.addresses import address_of_key
from skybatch.surveys.example_images import ExampleImage
from skybatch.surveys.image_id import atlas_key
from skybatch.surveys.known import survey_of


def choose_example(sets: ImageSets) -> ExampleImage | None:
    """Return an image of the first band in which any is stored; None where none is."""
    for band in survey_of(sets.dataset).bands:
        held = np.flatnonzero(sets.bytes[band] > 0)
        if len(held):
            return _example(sets, int(held[len(held) // 2]), band)
    return None


def _example(sets: ImageSets, i: int, band: str) -> ExampleImage:
    image = sets.image_id(i, band)
    footprint = sets.take(np.array([i])).footprints()
    (ra,), (dec,) = footprint.frame.to_icrs(*footprint.centers())
    return ExampleImage(
        address=address_of_key(atlas_key(image, str(sets.suffix[band][i]))),
        image_id=survey_of(sets.dataset).set_id.format(image.fields),
        band=band,
        ra=round(float(ra), 5),
        dec=round(float(dec), 5),
        columns=int(sets.naxis1[i]),
        rows=int(sets.naxis2[i]),
    )
