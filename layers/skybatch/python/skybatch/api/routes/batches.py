"""What can be read of a batch: its status, its page, its images as they finish, its files."""

from __future__ import annotations

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from skybatch.api.deployment import batch
from skybatch.api.responses import base_url, image, json_answer, page, redirect, verb_of
from skybatch.batch.execution import previews
from skybatch.batch.journal import read_journal
from skybatch.batch.record import Record, load_record
from skybatch.batch.results.finished_images import finished_images
from skybatch.batch.status import ENDED, read_status
from skybatch.batch.store import SAFE_NAME
from skybatch.errors import NotFound
from skybatch.pages.batch import IMAGES_SHOWN, results_page
from skybatch.pages.form import form_page
from skybatch.pages.help import help_page
from skybatch.settings import settings

router = APIGatewayHttpRouter()
READ = ["GET", "HEAD"]
# Folder of a public address -> folder in the bucket; nothing else of a batch can be fetched.
FOLDERS = {"files": "results", "images": "images"}


@router.route("/batches/<batch_id>", method=READ)
def status(batch_id: str) -> Response[str]:
    """The status of a batch."""
    return json_answer(read_status(batch(batch_id), time.time()))


@router.route("/batches/<batch_id>/images", method=READ)
def images(batch_id: str) -> Response[str]:
    """The images finished so far, in the order they finished, a page at a time."""
    store = batch(batch_id)
    record = load_record(store, time.time())
    ended = store.exists("status.json")  # asked before the journal is read, so its end is the end
    found = read_journal(store, router.current_event.get_query_string_value("after"), ended)
    return json_answer({"images": _linked(record, found.images), "next": found.next})


@router.route("/batches/<batch_id>/results", method=READ)
def results(batch_id: str) -> Response[str]:
    """The page of a batch: progress while it runs, the results after."""
    store = batch(batch_id)
    told = read_status(store, time.time())
    record = load_record(store)
    if told["state"] in ENDED:
        return page(results_page(told, finished_images(store, record, IMAGES_SHOWN)))
    found = read_journal(store, None, ended=False)
    return page(results_page(told, _linked(record, found.images), after=found.next))


@router.route("/batches/<batch_id>/previews/<name>", method=READ)
def preview(batch_id: str, name: str) -> Response[bytes]:
    """A picture of an image, or of its three bands in colour."""
    store = batch(batch_id)
    load_record(store, time.time())
    picture = previews.preview(store, name) if SAFE_NAME.fullmatch(name) else None
    if picture is None:
        raise NotFound("This batch has no such preview.")
    return image(picture, "image/png")


@router.route("/batches/<batch_id>/<folder>/<name>", method=READ)
def download(batch_id: str, folder: str, name: str) -> Response[str]:
    """One file of a batch, or one image: to a URL signed now for the same verb.

    A name that is no file of this batch is not found, whatever it looks like.
    """
    store = batch(batch_id)
    load_record(store, time.time())
    where = f"{FOLDERS.get(folder)}/{name}"
    if folder not in FOLDERS or not SAFE_NAME.fullmatch(name) or not store.exists(where):
        raise NotFound("This batch has no such file.")
    return redirect(store.link(where, verb_of(router.current_event)))


@router.route("/", method=READ)
def form() -> Response[str]:
    """The form; ``?example=MODE`` fills one in."""
    example = router.current_event.get_query_string_value("example")
    return page(form_page(settings(), example=example))


@router.route("/help", method=READ)
def help_address() -> Response[str]:
    """To the help's own folder: its links are relative, so that any address in front works."""
    return redirect(f"{base_url(router.current_event, settings())}/help/")


@router.route("/help/", method=READ)
def help_contents() -> Response[str]:
    """What the help tells of."""
    return page(help_page("", settings()))


@router.route("/help/<topic>", method=READ)
def help_on(topic: str) -> Response[str]:
    """One topic of the help."""
    return page(help_page(topic, settings()))


@router.route("/openapi.json", method=READ)
def interface() -> Response[str]:
    """The interface as an OpenAPI document."""
    return json_answer(_interface())


@router.route("/docs", method=READ)
def docs() -> Response[str]:
    """The interface as a page."""
    from skybatch.pages.api_reference import interface_page

    return page(interface_page(_interface()))


def _interface() -> dict[str, Any]:
    # Here, because pydantic and numpy behind it cost 0.2 s, which the other answers need not pay.
    from skybatch.api.openapi.document import document

    return document(settings(), base_url(router.current_event, settings()))


@router.route("/health", method=READ)
def health() -> Response[str]:
    """That the service answers."""
    return json_answer({"status": "ok"})


def _linked(record: Record, images: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **image,
            "url": record.url(f"images/{image['file']}"),
            "preview": record.url(f"previews/{previews.preview_name(image['file'])}"),
        }
        for image in images
    ]
