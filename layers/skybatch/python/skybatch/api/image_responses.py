"""Stored images as responses: a redirect to the stored file, the file itself, or a FITS file made from it."""

from __future__ import annotations

import obstore

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import MAX_INLINE_BYTES, content_response
from skybatch.api.responses import redirect
from skybatch.api.routing import AnyResponse
from skybatch.errors import NotFound, SourceMissing
from skybatch.fits.readers import GZIP_MAGIC
from skybatch.storage.refusals import answered
from skybatch.surveys.image_id import parse_file_key
from skybatch.vo.ibe import stored_images
from skybatch.vo.ibe.stored_images import FITS_TYPE, GZIP_TYPE


def stored_file_response(
    request: HttpRequest, dependencies: Dependencies, key: str, status: int = 302
) -> AnyResponse:
    """Redirect to the stored file with ``status``.

    The file is made anew where its content is not what its name says, and where the archive keeps the image
    only in tiles.

    Raises NotFound where the archive has neither.
    """
    archive = dependencies.images_at(key)
    compressed = key.endswith(".gz")
    try:
        if url := stored_images.presigned_url(archive, key, request.link_method):
            return redirect(url, status)
    except NotFound:
        compressed = True  # what is kept only in tiles is gzipped, whatever its ending
    plain = stored_images.plain_image(archive, key)
    return fits_response(request, dependencies, plain, key, compressed=compressed)


def gzipped_file_response(request: HttpRequest, dependencies: Dependencies, key: str) -> AnyResponse:
    """Return a stored Atlas image itself, gzipped; one too large for a response is a redirect.

    Raises NotFound where the archive does not hold it.
    """
    try:
        images = dependencies.images_at(key)
        found = answered(images, key, lambda: obstore.get(images, key))
    except SourceMissing:
        raise NotFound(f"The archive has no image {key}.") from None
    if found.meta["size"] > MAX_INLINE_BYTES:
        return stored_file_response(request, dependencies, key)
    body = bytes(found.bytes())
    if not body.startswith(GZIP_MAGIC):
        plain = stored_images.plain_image(dependencies.images_at(key), key)
        return fits_response(request, dependencies, plain, key, compressed=True)
    return content_response(
        request, dependencies.results, body, GZIP_TYPE, filename=f"{_stem(key)}.fits.gz", compressible=False
    )


def fits_response(
    request: HttpRequest, dependencies: Dependencies, plain: bytes, key: str, *, compressed: bool
) -> AnyResponse:
    """Return a plain FITS file, gzipped if asked, under the name of the stored image ``key``."""
    body, media_type, name = plain, FITS_TYPE, f"{_stem(key)}.fits"
    if compressed:
        body, media_type, name = _gzip(plain), GZIP_TYPE, f"{name}.gz"
    return content_response(
        request, dependencies.results, body, media_type, filename=name, compressible=False
    )


def _stem(key: str) -> str:
    """Return the file name of an image without its ending; that of a Quicklook says what it is."""
    image, image_type, suffix = parse_file_key(key)
    if image_type is None:
        return key.rpartition("/")[2].removesuffix(suffix)
    return f"{image.stem}{image_type.name_suffix}"


def _gzip(plain: bytes) -> bytes:
    from isal import igzip

    return igzip.compress(plain, 1, mtime=0)
