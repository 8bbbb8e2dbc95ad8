"""Headers of delivered images, read from the first bytes of their files."""

from __future__ import annotations

from dataclasses import replace

from skybatch.batch.delivery.image_places import ImagePlaces
from skybatch.batch.delivery.single_images import bundle_key
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.bundles.ranges import read_span
from skybatch.errors import SourceError
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.header import Header
from skybatch.fits.readers import open_reader

FRONT_BYTES = 65_536
"""Bytes read of a file: the headers of most, 800 cards."""


def read_image_header(store: BatchStore, places: ImagePlaces, task: Task) -> Header | None:
    """Read the header of a task's image.

    None where the batch has no such file, where its header does not stand in its first bytes, or where it is
    in the form of Quicklooks.
    """
    place = places.find(store, task.file)
    if place is None:
        return None
    span = place.span
    front = replace(span, stop=min(span.stop, span.start + FRONT_BYTES))
    body = read_span(store.objects, bundle_key(store), front)
    try:
        return find_image(open_reader(body), task.delivered_hdu, takes_one_pixel=True).header
    except SourceError:
        return None
