"""Stored images as responses: a redirect to the stored file, or a FITS file made from it."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.responses import redirect
from skybatch.api.routing import AnyResponse
from skybatch.errors import NotFound
from skybatch.vo.ibe import stored_images

GZIP_TYPE, FITS_TYPE = "application/x-gzip", "image/fits"


def stored_file_response(
    request: HttpRequest, dependencies: Dependencies, key: str, status: int = 302
) -> AnyResponse:
    """Redirect to the stored file with ``status``.

    The file is made anew where its content is not what its name says, and where the archive keeps the image
    only in tiles.

    Raises NotFound where the archive has neither.
    """
    archive = dependencies.archive
    compressed = key.endswith(".gz")
    try:
        if url := stored_images.presigned_url(archive, key, request.link_method):
            return redirect(url, status)
    except NotFound:
        compressed = True  # what is kept only in tiles is gzipped, whatever its ending
    plain = stored_images.plain_image(archive, key)
    return fits_response(request, dependencies, plain, key, compressed=compressed)


def fits_response(
    request: HttpRequest, dependencies: Dependencies, plain: bytes, key: str, *, compressed: bool
) -> AnyResponse:
    """Return a plain FITS file, gzipped if asked, under the name of the stored image ``key``."""
    stem = key.rsplit("/", 1)[-1].split(".", 1)[0]
    body, media_type, name = plain, FITS_TYPE, f"{stem}.fits"
    if compressed:
        body, media_type, name = _gzip(plain), GZIP_TYPE, f"{stem}.fits.gz"
    return content_response(
        request, dependencies.results, body, media_type, filename=name, compressible=False
    )


def _gzip(plain: bytes) -> bytes:
    from isal import igzip

    return igzip.compress(plain, 1, mtime=0)
