"""Where the images of a survey are listed and read while they are indexed, and what that costs in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.inventory.places.image_stores import bucket_place
from skybatch.storage.locations import open_place_tree, open_tree, region_of
from skybatch.storage.places import ANONYMOUS

if TYPE_CHECKING:
    from skybatch.storage.places import BucketPlace
    from skybatch.storage.trees import Tree
    from skybatch.surveys.description.survey import Survey


def open_image_tree(survey: Survey, archive: str, images: str = "") -> Tree:
    """Open the tree that has the images of a survey.

    Parameters
    ----------
    survey
        Its description.
    archive
        Where the inventory lies, as operators write it.
    images
        Where the images are read instead of the bucket that the description names.
    """
    place = bucket_place(survey.place)
    if place is None or (images and not _is_at(place, images)):
        return open_tree(images or archive)
    return open_place_tree(place)


def place_notice(survey: Survey, archive: str) -> str:
    """Tell which bucket the images of a survey are in, and what another region means; empty for its own.

    ``archive`` is where the inventory lies, as operators write it.
    """
    place = bucket_place(survey.place)
    if place is None:
        return ""
    told = f"images: s3://{place.bucket} in {place.region}, read {_access(place)} where they are"
    archive_region = region_of(archive)
    if not archive_region or archive_region == place.region:
        return told
    cost = (
        "no bytes are paid for"
        if place.access == ANONYMOUS
        else "its owner, or the requester, pays for the bytes that leave the region"
    )
    return (
        f"{told}\n{place.bucket} is in another region than the archive ({archive_region}): each request "
        f"takes tens of milliseconds longer, here and in every batch; {cost}. A deployment in {place.region} "
        "has the images near."
    )


def _access(place: BucketPlace) -> str:
    return "by anybody, unsigned," if place.access == ANONYMOUS else "with signed requests"


def _is_at(place: BucketPlace, location: str) -> bool:
    return location.removesuffix("/") == f"s3://{place.bucket}"
