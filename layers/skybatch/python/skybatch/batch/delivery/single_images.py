"""A single image as an object of its own, cut out of its bundle when somebody asks for it.

S3 signs no link to a part of an object. The objects expire after a day and are then cut again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import obstore

from skybatch.batch import keys
from skybatch.batch.delivery.image_places import ImagePlace
from skybatch.batch.store import BatchStore
from skybatch.bundles.ranges import read_span
from skybatch.errors import Transient
from skybatch.storage.multipart_upload import begin_upload
from skybatch.storage.s3 import with_time_for

if TYPE_CHECKING:
    from typing import Any

    from obstore.store import ObjectStore

LONGEST_USE = timedelta(hours=20)
"""Age up to which a cut is used again: its link must outlive the lifecycle rule's next pass."""
LARGEST_READ_BYTES = 8 * 1024 * 1024
"""Bytes of an image that is read and written; a larger one is copied inside S3, by three requests."""
MEDIA_TYPES = {".fits": "image/fits", ".gz": "application/gzip"}

CopyRange: TypeAlias = Callable[[str, str, ImagePlace, str], None]
"""Copies an image inside S3: key to write, key of the bundle, place, media type."""


def media_type(file: str) -> str:
    """Give the media type of an image by its file name."""
    suffix = file[file.rfind(".") :]
    return MEDIA_TYPES.get(suffix, "application/octet-stream")


def bundle_key(store: BatchStore) -> Callable[[str], str]:
    """Return what gives the key of a batch's bundle by name."""
    return lambda name: store.path(keys.bundle(name))


def read_image(store: BatchStore, place: ImagePlace) -> bytes:
    """Read an image out of its bundle.

    Raises Transient where the bundle is another object, or its bytes are others: never other bytes.
    """
    body = read_span(store.objects, bundle_key(store), place.span)
    if hashlib.md5(body, usedforsecurity=False).hexdigest() != place.md5:
        raise Transient(f"the bytes of an image in {place.bundle} are not those of its index")
    return body


def cut_image(store: BatchStore, place: ImagePlace, file: str, now: float, copy: CopyRange | None) -> str:
    """Return the key of an object that holds the image alone, and write it where there is no recent one.

    ``copy`` is used for large images where the store can copy ranges. Raises Transient.
    """
    key = keys.single_image(store.batch_id, file)
    if _is_recent(store.objects, key, now):
        return key
    if copy is not None and place.length > LARGEST_READ_BYTES:
        copy(key, store.path(keys.bundle(place.bundle)), place, media_type(file))
        return key
    attributes = {"Content-Type": media_type(file), "Content-Disposition": f'attachment; filename="{file}"'}
    body = read_image(store, place)
    obstore.put(with_time_for(store.objects, len(body)), key, body, attributes=attributes)
    return key


def _is_recent(objects: ObjectStore, key: str, now: float) -> bool:
    try:
        written = obstore.head(objects, key)["last_modified"]
    except FileNotFoundError:
        return False
    return now - written.timestamp() < LONGEST_USE.total_seconds()


def range_copier(s3: Callable[[], Any], bucket: str) -> CopyRange:
    """Return what copies images inside a bucket, by boto3's client."""

    def copy(key: str, source: str, place: ImagePlace, content_type: str) -> None:
        name = key.rsplit("/", 1)[-1]
        disposition = f'attachment; filename="{name}"'
        upload = begin_upload(s3(), bucket, key, content_type, ContentDisposition=disposition)
        with upload.aborted_on_error():
            upload.copy_part(1, source, place.etag, place.offset, place.offset + place.length)
            upload.complete(place.length)

    return copy
