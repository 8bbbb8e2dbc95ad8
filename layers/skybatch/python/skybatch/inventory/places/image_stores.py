"""The store of a data set's images, and how plans write where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.storage.places import ARCHIVE, BucketPlace, open_images
from skybatch.surveys.image_id import parse_file_key
from skybatch.surveys.known import held_datasets, survey_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.surveys.description.images import Place


def bucket_place(place: Place) -> BucketPlace | None:
    """Return the bucket of a description's place; None where it names none."""
    if not place.bucket:
        return None
    return BucketPlace(place.bucket, place.region, place.access, place.requester_pays)


def place_text(place: Place) -> str:
    """Return a description's place as plans write it; empty where it names no bucket."""
    named = bucket_place(place)
    return ARCHIVE if named is None else named.text


def place_of(dataset: str) -> str:
    """Return where the images of a data set lie, as plans write it. Raises NotFound for an unknown one."""
    return place_text(survey_of(dataset).place)


def images_of(archive: ObjectStore, dataset: str) -> ObjectStore:
    """Return the store that holds the images of a data set. Raises NotFound for an unknown one."""
    return open_images(archive, place_of(dataset))


def images_at(archive: ObjectStore, key: str) -> ObjectStore:
    """Return the store of the image that a key names. Raises NotFound for what is no image's key."""
    return images_of(archive, parse_file_key(key).image.dataset)


def folders_placed_below(path: str) -> set[str]:
    """Return the names in a folder of the archive's paths that lead to images in other buckets."""
    placed = (survey_of(dataset).address(dataset) for dataset in held_datasets() if place_of(dataset))
    below = (address[len(path) :] for address in placed if address.startswith(path))
    return {rest.partition("/")[0] for rest in below if rest}
