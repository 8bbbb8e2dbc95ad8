"""The store of a data set's images, and how plans write where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.storage.places import ARCHIVE, BucketPlace, open_images
from skybatch.surveys.image_id import parse_file_key
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.surveys.description.images import Place


def place_text(place: Place) -> str:
    """Return a description's place as plans write it; empty where it names no bucket."""
    if not place.bucket:
        return ARCHIVE
    return BucketPlace(place.bucket, place.region, place.access, place.requester_pays).text


def place_of(dataset: str) -> str:
    """Return where the images of a data set lie, as plans write it. Raises NotFound for an unknown one."""
    return place_text(survey_of(dataset).place)


def images_of(archive: ObjectStore, dataset: str) -> ObjectStore:
    """Return the store that holds the images of a data set. Raises NotFound for an unknown one."""
    return open_images(archive, place_of(dataset))


def images_at(archive: ObjectStore, key: str) -> ObjectStore:
    """Return the store of the image that a key names. Raises NotFound for what is no image's key."""
    return images_of(archive, parse_file_key(key).image.dataset)
