"""``/batches/{id}``: its status, its page, its images as they finish, its files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.metering import charge
from skybatch.api.models import FinishedImage, ImagePage
from skybatch.api.responses import (
    head_response,
    html_response,
    json_response,
    preview_response,
    redirect,
)
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.batch import keys
from skybatch.batch.execution import previews
from skybatch.batch.journal import read_journal
from skybatch.batch.record import BatchRecord, load_record
from skybatch.batch.results.finished_images import finished_images
from skybatch.batch.status import read_status
from skybatch.batch.store import SAFE_NAME
from skybatch.callers.usage import Usage
from skybatch.errors import NotFound
from skybatch.pages.batch import IMAGES_SHOWN, results_page

routes = RouteTable()
# Folder of a public address -> folder of the batch in the bucket; nothing else can be downloaded.
DOWNLOADS = {"files": keys.RESULTS, "images": keys.IMAGES}


@routes.get("/batches/<batch_id>")
def batch_status(_: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """Return the status of a batch."""
    return json_response(read_status(dependencies.batch(batch_id), dependencies.clock()).to_json())


@routes.get("/batches/<batch_id>/images")
def list_images(request: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """List the images finished so far, in the order they finished, a page at a time."""
    store = dependencies.batch(batch_id)
    record = load_record(store, dependencies.clock())
    ended = store.exists(keys.STATUS)  # asked before the journal is read, so its end is the end
    found = read_journal(store, request.query_parameter("after"), ended)
    return json_response(asdict(ImagePage(_finished_images(record, found.images), found.next_cursor)))


@routes.get("/batches/<batch_id>/results")
def results(_: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """Return the page of a batch: progress while it runs, the results after."""
    store = dependencies.batch(batch_id)
    status = read_status(store, dependencies.clock())
    record = load_record(store)
    if status.ended:
        return html_response(results_page(status, finished_images(store, record, IMAGES_SHOWN)))
    found = read_journal(store, None, ended=False)
    images = [asdict(image) for image in _finished_images(record, found.images)]
    return html_response(results_page(status, images, after=found.next_cursor))


@routes.get("/batches/<batch_id>/previews/<name>")
def preview(_: HttpRequest, dependencies: Dependencies, batch_id: str, name: str) -> AnyResponse:
    """Return the preview of an image, or of its three bands in colour."""
    store = dependencies.batch(batch_id)
    load_record(store, dependencies.clock())
    body = previews.read_or_draw(store, name) if SAFE_NAME.fullmatch(name) else None
    if body is None:
        raise NotFound("This batch has no such preview.")
    return preview_response(body, "image/png")


@routes.get("/batches/<batch_id>/<folder>/<name>")
def download(
    request: HttpRequest, dependencies: Dependencies, batch_id: str, folder: str, name: str
) -> AnyResponse:
    """Redirect to a file or an image of a batch, by a URL presigned now; answer HEAD with its facts.

    HEAD is not redirected, because a client may follow a redirect of it with GET, which a URL presigned for
    HEAD refuses. S3 serves a URL for as long as it lives, unmetered, so the links of a batch are counted.

    Raises TooMany beyond a day's number of links.
    """
    store = dependencies.batch(batch_id)
    load_record(store, dependencies.clock())
    path = f"{DOWNLOADS.get(folder)}/{name}"
    found = store.facts(path) if folder in DOWNLOADS and SAFE_NAME.fullmatch(name) else None
    if found is None:
        raise NotFound("This batch has no such file.")
    if request.method == "HEAD":
        return head_response(found.bytes, found.media_type, found.etag)
    now = dependencies.clock()
    dependencies.batch_links.check(batch_id, now)
    charge(dependencies.batch_links, batch_id, Usage(links=1), now)
    return redirect(store.presigned_url(path, media_type=found.media_type))


def _finished_images(record: BatchRecord, entries: list[dict[str, Any]]) -> tuple[FinishedImage, ...]:
    """Add the links to what the journal knows of images."""
    return tuple(
        FinishedImage(
            **entry,
            url=record.image_url(entry["file"]),
            preview=record.preview_url(previews.preview_name(entry["file"])),
        )
        for entry in entries
    )
