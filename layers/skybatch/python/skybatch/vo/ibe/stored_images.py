"""Stored images by the addresses that clients of the archive construct: ``/ibe/data`` and ``nph-im``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import obstore
from obstore.exceptions import BaseError

from skybatch.errors import NotFound, SourceMissing
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import GZIP_MAGIC
from skybatch.inventory.stored_image import stored_image
from skybatch.storage import links
from skybatch.storage.object_keys import checked_key
from skybatch.storage.places import PlaceBucket
from skybatch.storage.refusals import answered
from skybatch.surveys.image_id import (
    TILED_SUFFIX,
    ImageId,
    atlas_key,
    dataset_prefix,
    image_key,
    image_suffixes,
    parse_file_key,
    parse_key,
)
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import DEFAULT_DATASET, dataset_at, mission_named
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.vo.ibe.cutout import Cutout
from skybatch.vo.parameters import Parameters, refused

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.inventory.inventory import Inventory

GZIP_TYPE, FITS_TYPE = "application/x-gzip", "image/fits"
MEDIA_TYPES = {"gz": GZIP_TYPE, **dict.fromkeys(("fits", "fit", "fz"), FITS_TYPE)}


def archive_path(path: str) -> str:
    """Return the archive's path for a path below ``/ibe/data/``: ``2mass`` is an alias of the mission.

    Raises NotFound for what can be neither a folder's nor a file's.
    """
    mission, slash, rest = path.partition("/")
    if rest.count("/") >= 2:
        dataset_at(mission.lower(), *rest.split("/")[:2])  # from here on its survey is known
    return checked_key(f"{mission_named(mission.lower()) or mission}{slash}{rest}", folder=True)


def key_of_image(parameters: Parameters, objects: ObjectStore) -> str:
    """Return the archive key of the stored image that the parameters of ``nph-im`` name.

    ``ds`` data set, ``dh`` date and hemisphere, ``scan``, ``name`` file name, ``type`` ``at`` or ``ql`` (the
    default for a name that ends in ``_ql``). ``atdir``, a disk of the original service, is ignored, and so
    is the suffix of the name: the archive may keep the image in another form.

    Raises MalformedRequest for a parameter that is missing or unknown, NotFound for what names no image.
    """
    for name in ("dh", "scan", "name"):
        if not parameters.text(name):
            raise refused(name, "", "must be given")
    dataset = requested_dataset(parameters)
    stem, image_type = _named_image(parameters)
    scan = f"{parameters.text('dh')}/s{parameters.text('scan').zfill(3)}"
    image, _, _ = parse_key(f"{dataset_prefix(dataset)}{scan}/{ImageType.ATLAS.folder}/{stem}.fits.gz")
    return stored_key(objects, image, image_type)


def _named_image(parameters: Parameters) -> tuple[str, ImageType]:
    """Return the stem of the stored file's name and the type of image that ``name`` and ``type`` say."""
    stem = parameters.text("name").split(".", 1)[0]
    named = stem.removesuffix(ImageType.QUICKLOOK.name_suffix)
    default = ImageType.ATLAS if named == stem else ImageType.QUICKLOOK
    word = parameters.text("type", default.parameter).lower()
    try:
        image_type = ImageType.of_parameter(word)
    except ValueError:
        raise refused("type", word, "must be at or ql") from None
    if named != stem and image_type is ImageType.ATLAS:
        raise refused("type", word, f"is not that of a Quicklook, which {stem} names")
    return named, image_type


def requested_dataset(parameters: Parameters) -> str:
    """Return the data set of ``ds``, by default the All-Sky Release. Raises MalformedRequest."""
    dataset = parameters.text("ds", DEFAULT_DATASET).lower()
    if dataset not in DATASETS:
        raise refused("ds", dataset, f"must be one of {', '.join(DATASETS)}")
    return dataset


def stored_key(objects: ObjectStore, image: ImageId, image_type: ImageType) -> str:
    """Return the key of an image in whichever form the archive keeps it. Raises NotFound."""
    for suffix in image_suffixes(image.dataset, image_type):
        key = image_key(image, image_type, suffix)
        if _is_there(objects, key):
            return key
    raise NotFound(f"The archive has no image {image_key(image, image_type)}.")


def media_type_of(name: str) -> str:
    """Return the media type of a stored or delivered image, by its file name."""
    return MEDIA_TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")


def presigned_url(archive: ObjectStore, key: str, verb: Literal["GET", "HEAD"]) -> str | None:
    """Return a URL of a stored image, signed now for one verb; a plain one where anybody may read it.

    None where the file is gzip and its name does not say so, or the reverse: its first bytes are read.
    Raises NotFound where the archive does not hold it, or for what is no image's key.
    """
    image_type = parse_file_key(key).image_type
    try:
        get_range = partial(obstore.get_range, archive, key, start=0, length=len(GZIP_MAGIC))
        start = bytes(answered(archive, key, get_range))
    except SourceMissing:
        raise NotFound(f"The archive has no image {key}.") from None
    except (BaseError, ValueError):  # an empty file has no first bytes; what may pass shows when it is read
        start = b""
    if image_type is not ImageType.QUICKLOOK and (start == GZIP_MAGIC) != key.endswith(".gz"):
        return None
    if isinstance(archive, PlaceBucket) and archive.is_anonymous:
        return archive.url(key)
    name = key.rsplit("/", 1)[-1]
    return links.presigned_url(archive, key, verb, filename=name, media_type=media_type_of(name))


def plain_image(objects: ObjectStore, key: str, inventory: Inventory | None = None) -> bytes:
    """Return a stored image whole, as plain FITS; a Quicklook decompressed.

    An Atlas image that the archive keeps tile-compressed only is found by its other names too. With the
    inventory, an image of another place than that says raises SourceDiffers.

    Raises NotFound where the archive has neither.
    """
    image, image_type, suffix = parse_file_key(key)
    forms = [stored_image(objects, key, inventory)]
    tiled = image_type is ImageType.ATLAS and TILED_SUFFIX in image_suffixes(image.dataset, image_type)
    if tiled and suffix != TILED_SUFFIX:
        forms.append(stored_image(objects, atlas_key(image, TILED_SUFFIX)))
    for form in forms:
        try:
            return form.plain()
        except SourceMissing:
            continue
    raise NotFound(f"The archive has no image {key}.")


def cut(objects: ObjectStore, key: str, cutout: Cutout, inventory: Inventory) -> bytes:
    """Return a cutout of a stored image as plain FITS.

    Raises NotFound for an image that is not there, MalformedRequest where the cutout misses it, SourceError
    for a file that cannot be cut.
    """
    image = parse_file_key(key).image
    return cut_box(objects, key, cutout.box(image, inventory), inventory)


def cut_box(objects: ObjectStore, key: str, box: PixelBox, inventory: Inventory | None = None) -> bytes:
    """Return these pixels of a stored image as plain FITS; errors as of ``cut``.

    With the inventory the tile-compressed form is read where there is one; the result is the same.
    """
    try:
        return next(iter(stored_image(objects, key, inventory).crops([box])))
    except SourceMissing:
        raise NotFound(f"The archive has no image {key}.") from None


def _is_there(objects: ObjectStore, key: str) -> bool:
    try:
        answered(objects, key, lambda: obstore.head(objects, key))
    except SourceMissing:
        return False
    return True
