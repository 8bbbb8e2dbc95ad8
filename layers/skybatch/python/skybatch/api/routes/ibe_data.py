"""The archive's stored images over HTTP: whole by redirect, cutouts as they are, folders as pages."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from skybatch.api.dependencies import archive, inventories
from skybatch.api.large_responses import deliver
from skybatch.api.parameters import parameters_of, root_of
from skybatch.api.responses import COMMON_HEADERS, redirect, verb_of
from skybatch.errors import NotFound, SourceMissing
from skybatch.surveys.layout import parse_key
from skybatch.vo.ibe import directory_pages, stored_images
from skybatch.vo.ibe.cutout import cutout, gzipped
from skybatch.vo.parameters import Parameters

router = APIGatewayHttpRouter()
READ = ["GET", "HEAD"]
DATA = "/ibe/data/"
GZIP, FITS = "application/x-gzip", "image/fits"


@router.route(".+", method=["OPTIONS"])
def preflight() -> Response[str]:
    """What a browser asks before it sends a header of its own, such as Range."""
    allowed = {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=COMMON_HEADERS | allowed, body="")


@router.route("/ibe/data(?:/.*)?", method=READ)
def stored_image() -> Response[bytes] | Response[str]:
    """A stored image by its archive path, a cutout of it, or the list of a folder."""
    event = router.current_event
    path = stored_images.archive_path(event.path.removeprefix(DATA.rstrip("/")).lstrip("/"))
    if directory_pages.is_folder(path):
        root = root_of(event)
        page = directory_pages.folder_page(archive(), path, root)
        return deliver(event, page.encode(), "text/html; charset=utf-8")
    return _image(path, parameters_of(event))


@router.route("/cgi-bin/2MASS/IM/nph-im", method=READ)
def image_by_parameters() -> Response[bytes] | Response[str]:
    """A stored image by its parts; a Quicklook restored, as no reader of FITS opens it as it is stored."""
    given = parameters_of(router.current_event)
    key = stored_images.key_of_image(given, archive())
    if parse_key(key)[1] == "image":
        return _to_image(key)
    return _fits(stored_images.plain_image(archive(), key), key, gzipped=True)


def _image(key: str, given: Parameters) -> Response[bytes] | Response[str]:
    wanted, compressed = cutout(given), gzipped(given)
    if wanted is not None:
        dataset = parse_key(key)[0].dataset
        cut = stored_images.cut(archive(), key, wanted, inventories()(dataset, None))
        return _fits(cut, key, gzipped=compressed)
    return (
        _to_image(key) if compressed else _fits(stored_images.plain_image(archive(), key), key, gzipped=False)
    )


def _to_image(key: str) -> Response[bytes] | Response[str]:
    """The stored file; made anew where the archive keeps the image in tiles alone."""
    try:
        return redirect(stored_images.link(archive(), key, verb_of(router.current_event)))
    except NotFound:
        try:
            return _fits(stored_images.plain_image(archive(), key), key, gzipped=True)
        except SourceMissing:
            raise NotFound(f"The archive has no image {key}.") from None


def _fits(plain: bytes, key: str, *, gzipped: bool) -> Response[bytes] | Response[str]:
    stem = key.rsplit("/", 1)[-1].split(".", 1)[0]
    if not gzipped:
        return deliver(router.current_event, plain, FITS, name=f"{stem}.fits", compressed=True)
    from isal import igzip

    packed = igzip.compress(plain, 1, mtime=0)
    return deliver(router.current_event, packed, GZIP, name=f"{stem}.fits.gz", compressed=True)
