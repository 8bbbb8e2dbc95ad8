"""The files delivered beside images and tables: manifest, download script, request and checksums."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from skybatch.batch.file_names import IMAGES_FOLDER, delivered_path
from skybatch.batch.record import BatchRecord
from skybatch.batch.request_facts import survey_field, survey_ids
from skybatch.batch.results.generated_file import GeneratedFile
from skybatch.batch.status import to_iso
from skybatch.requests.model import Mode, Request

if TYPE_CHECKING:
    from skybatch.batch.results.batch_results import BatchResults

TEXT = "text/plain; charset=utf-8"
LARGEST_TABLE_INLINE = 4_000_000
"""Bytes of an uploaded table that come back in ``request.json``: more could not be posted again."""


def companion_files(
    results: BatchResults, described: Sequence[GeneratedFile], upload: bytes | None
) -> Iterator[GeneratedFile]:
    """Make manifest, download script, request and checksums.

    ``described`` are README and tables, made before them. The script fetches, and the checksums cover, the
    images, the described files and the manifest.
    """
    manifest_file = manifest(results, described)
    yield manifest_file
    sums = {**results.checksums(), **{file.name: file.md5 for file in (*described, manifest_file)}}
    if results.record.base_url:
        yield download_script(results.record, sums)
    body = json.dumps(request_body(results.request, upload), indent=1, ensure_ascii=False)
    yield GeneratedFile("request.json", body.encode() + b"\n", "application/json")
    yield GeneratedFile(
        "md5sums.txt", "".join(f"{md5}  {name}\n" for name, md5 in sums.items()).encode(), TEXT
    )


def manifest(results: BatchResults, described: Iterable[GeneratedFile]) -> GeneratedFile:
    """List every image, in the archive's order, and every table with size and checksum, for programs."""
    record = results.record
    images = [
        {
            "file": delivered_path(task.file),
            "url": record.image_url(task.file),
            "bytes": outcome.bytes,
            "md5": results.md5[task.file],
            "row": task.row_number,
            "id": task.id,
            "band": task.band,
            "image_type": task.image_type,
            **survey_field(results.plan, task),
        }
        for task, outcome, _ in results.archived
    ]
    others = [
        {"file": file.name, "url": record.file_url(file.name), "bytes": file.size, "md5": file.md5}
        for file in described
    ]
    whole = {
        "batch_id": record.batch_id,
        "created": to_iso(record.created),
        "counts": {str(status): count for status, count in results.counts().items()},
        "images": images,
        "files": others,
    }
    body = json.dumps(whole, indent=1, ensure_ascii=False).encode() + b"\n"
    return GeneratedFile("manifest.json", body, "application/json")


def download_script(record: BatchRecord, sums: Mapping[str, str]) -> GeneratedFile:
    """Make the shell script that fetches all files with a checksum, by names relative to the folder.

    It takes the archive where more than half of the images are missing.
    """
    lines = "\n".join(f"{md5} {name}" for name, md5 in sums.items())
    few = str(sum(name.startswith(IMAGES_FOLDER) for name in sums) // 2)
    filled = _template("download.sh").replace("@URL@", record.url()).replace("@FEW@", few)
    filled = filled.replace("@FILES@", lines)
    return GeneratedFile("download.sh", filled.encode(), "text/x-shellscript; charset=utf-8")


def request_body(request: Request, upload: bytes | None) -> dict[str, Any]:
    """Give the request as it can be posted again, with its table: as text, or in base64 if it is none.

    A table that is too long is among the results as uploaded.
    """
    body: dict[str, Any] = {
        "mode": str(request.mode),
        "bands": [band.upper() for band in request.bands],
        "image_type": request.image_type,
        "decompress": request.decompress,
        "form": request.delivery_format,
        **_survey(request),
        "edge": request.edge,
    }
    if request.label:
        body["label"] = request.label
    if request.region is not None:
        centre = request.region.center
        place = request.region.name or (f"{centre.ra!r} {centre.dec!r}" if centre else None)
        body |= {"center": place, "diameter": request.region.diameter, "relation": request.region.relation}
    elif request.mode is Mode.SCAN:
        row = request.rows[0]
        body |= {"date": row.date, "hemisphere": row.hem, "scan": row.scan}
    elif upload is not None:
        body |= {**_table(upload), **_best(request, upload)}
        if request.size is not None:
            body["size"] = request.size
        if not request.from_service and request.rows[0].row_number > 1:
            body["first_row"] = request.rows[0].row_number
    return body


def _survey(request: Request) -> dict[str, Any]:
    """Give the data set of a request, or the surveys where it names several."""
    if not request.surveys:
        return {"dataset": request.dataset}
    return {"survey": list(survey_ids(request.surveys).values())}


def _table(upload: bytes) -> dict[str, str]:
    """Give an uploaded table as text, in base64 where it is none (FITS, gzip), or not at all if too long."""
    if len(upload) > LARGEST_TABLE_INLINE:
        return {}
    with suppress(UnicodeDecodeError):
        if b"\0" not in upload:
            return {"table": upload.decode()}
    return {"table_base64": b64encode(upload).decode()}


def _best(request: Request, upload: bytes) -> dict[str, bool]:
    """Give the default of ``best`` for rows without one of their own, found by reading the table again."""
    if request.mode is not Mode.POSITIONS:
        return {}
    wanted = [row.best_only for row in request.rows]
    if not any(wanted):
        return {"best": False}
    from skybatch.requests.model import RowDefaults
    from skybatch.requests.parser import MAX_INFLATION
    from skybatch.requests.table_rows import read_rows
    from skybatch.tables.readers.model import Bounds

    bounds = Bounds(len(wanted), len(wanted), max(len(upload), LARGEST_TABLE_INLINE) * MAX_INFLATION)
    listing = read_rows(upload, Mode.POSITIONS, RowDefaults(request.bands, datasets=request.datasets), bounds)
    return {"best": [row.best_only for row in listing.rows] != wanted}


def _template(name: str) -> str:
    return files("skybatch.batch.results").joinpath("templates", name).read_text("utf-8")
