"""What can be read of a batch: its status, its page, its images as they finish, its files."""

from __future__ import annotations

from typing import Any, Literal

from aws_lambda_powertools.event_handler import Response

from skybatch.batch.images import finished_images
from skybatch.batch.journal import read_journal
from skybatch.batch.record import load_record
from skybatch.batch.status import ENDED, read_status
from skybatch.batch.store import SAFE_NAME, BatchStore
from skybatch.errors import NotFound
from skybatch.pages.results import IMAGES_SHOWN, results_page
from skybatch.web.answers import json_answer, page, redirect

# Folder of a public address -> folder in the bucket; nothing else of a batch can be fetched.
FOLDERS = {"files": "results", "images": "images"}


def status(store: BatchStore, now: float) -> Response[str]:
    """``GET /batches/{id}``."""
    return json_answer(read_status(store, now))


def images(store: BatchStore, after: str | None, now: float) -> Response[str]:
    """``GET /batches/{id}/images?after=...``."""
    record = load_record(store, now)
    ended = store.exists("status.json")  # asked before the journal is read, so its end is the end
    found = read_journal(store, after, ended)
    listed = [_linked(record.url(f"images/{image['file']}"), image) for image in found.images]
    return json_answer({"images": listed, "next": found.next})


def results(store: BatchStore, now: float) -> Response[str]:
    """``GET /batches/{id}/results``: progress while it runs, the results after."""
    told = read_status(store, now)
    record = load_record(store)
    if told["state"] in ENDED:
        shown, after = finished_images(store, record, IMAGES_SHOWN), None
    else:
        found = read_journal(store, None, ended=False)
        shown = [_linked(record.url(f"images/{image['file']}"), image) for image in found.images]
        after = found.next
    return page(results_page(told, shown, after=after))


def download(
    store: BatchStore, folder: str, name: str, verb: Literal["GET", "HEAD"], now: float
) -> Response[str]:
    """``GET /batches/{id}/files/{name}`` and ``…/images/{file}``: to a URL signed now for the same verb.

    Raises NotFound for a name that is no file of this batch, whatever it looks like.
    """
    load_record(store, now)
    where = f"{FOLDERS.get(folder)}/{name}"
    if folder not in FOLDERS or not SAFE_NAME.fullmatch(name) or not store.exists(where):
        raise NotFound("This batch has no such file.")
    return redirect(store.link(where, verb))


def _linked(url: str, image: dict[str, Any]) -> dict[str, Any]:
    return {**image, "url": url}
