"""Batches to which something is done: started side by side, each held to the same batch left in peace."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import obstore

from local.archive_bucket import emulator_bucket
from local.mailbox import emails
from local.stack import Stack
from tests.e2e.faults import Rule
from tests.e2e.service import Service
from tests.support.batches.in_process_service import images_of
from tests.support.survey.sample_archive import MadeArchive

SECONDS = 240
POLL_SECONDS = 0.4
SUBMISSIONS_AT_ONCE = 2
FIGURES = Path(__file__).resolve().parents[2] / "build" / "soak.json"


def make_archive(
    folder: Path, sets: int, *, damaged: tuple[int, ...] = (), missing: tuple[int, ...] = ()
) -> Path:
    """Image sets side by side on disk, set n at RA 180 + n; their J images as told."""
    made = MadeArchive(centres=[(180.0 + n, 20.0) for n in range(sets)])
    for n in damaged:
        obstore.put(made.objects, made.key(n, "j"), b"\x1f\x8bno gzip behind this magic")
    for n in missing:
        obstore.delete(made.objects, made.key(n, "j"))
    for page in obstore.list(made.objects):
        for entry in page:
            path = folder / entry["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(obstore.get(made.objects, entry["path"]).bytes())
    return folder


def positions(sets: range, copies: int = 2, size: str = "30") -> str:
    """A table of so many crops of each of the sets, of different sizes; size ``null`` for whole images."""
    sizes = [size if size == "null" else str(int(size) + copy) for copy in range(copies)]
    rows = [f"{180.0 + n!r},20.0,{size}" for size in sizes for n in sets]
    return "\n".join(["ra,dec,size", *rows]) + "\n"


@dataclass
class Scenario:
    """One batch and what is done to it."""

    table: str
    rules: list[Rule] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """A batch that ended: its status, the images in its archive, how long it took, its emails."""

    status: dict[str, Any]
    images: dict[str, bytes]
    seconds: float
    mails: int
    listed: list[str]

    @property
    def accounted(self) -> bool:
        """Rows add up; archive, status and the list that readers follow say the same, each image once."""
        rows = dict(self.status["rows"])
        came = self.status["images"]["retrieved"]
        return (
            rows.pop("total") == sum(rows.values())
            and len(self.images) == came
            and self.status["bytes"] == sum(map(len, self.images.values()))
            and sorted(self.listed) == sorted(self.images)
        )


class SoakRun:
    """Runs scenarios on one stack, all at the same time."""

    def __init__(self, stack: Stack, by_label: dict[str, list[Rule]]) -> None:
        self.stack, self.service = stack, Service(stack.url)
        self.by_label = by_label
        self.running: dict[str, Future[Ended]] = {}
        # More cold starts at once take longer than the API waits.
        self.submitting = threading.BoundedSemaphore(SUBMISSIONS_AT_ONCE)

    def start(self, scenarios: Mapping[str, Scenario], at_once: int | None = None) -> None:
        """Run all of them, side by side or so many at a time."""
        pool = ThreadPoolExecutor(at_once or len(scenarios))
        for name, scenario in scenarios.items():
            self.by_label[name] = scenario.rules
            self.running[name] = pool.submit(self._run, name, scenario)
        pool.shutdown(wait=False)

    def ended(self, name: str) -> Ended:
        """How one of them ended; raises what its run raised."""
        return self.running[name].result(3 * SECONDS)

    def wait(self) -> None:
        """Until all have ended, however."""
        for future in self.running.values():
            with suppress(Exception):  # told by `ended`
                future.result(SECONDS)

    def _run(self, name: str, scenario: Scenario) -> Ended:
        fields = {"mode": "positions", "bands": "J", "table": scenario.table, **scenario.fields}
        with self.submitting:
            begun = time.monotonic()
            batch_id = self.service.submit(label=name, email=address(name), **fields)
        return self.ended_batch(batch_id, name, begun)

    def ended_batch(self, batch_id: str, name: str, begun: float) -> Ended:
        """Wait for a batch, and its email."""
        self.until(lambda: "status.json" in self.objects(batch_id))
        seconds = time.monotonic() - begun
        self.until(lambda: self.service.status(batch_id)["mail"] in ("sent", "failed"))
        status = self.service.status(batch_id)
        return Ended(
            status, self._images(status), seconds, mails(self.stack, name), list(self._listed(batch_id))
        )

    def until(self, reached: Callable[[], bool]) -> None:
        """Seldom enough that looking does not slow what is looked at."""
        end = time.monotonic() + SECONDS
        while not reached():
            assert time.monotonic() < end, "the batch does not end"
            time.sleep(POLL_SECONDS)

    def objects(self, batch_id: str) -> set[str]:
        """Names of the batch's own objects; of the folders below it nothing."""
        bucket = emulator_bucket(self.stack.emulator, self.stack.outputs.results_bucket)
        prefix = f"batches/{batch_id}/"
        listed = obstore.list_with_delimiter(bucket, prefix)["objects"]
        return {entry["path"].removeprefix(prefix) for entry in listed}

    def _images(self, status: dict[str, Any]) -> dict[str, bytes]:
        """The images in the archive; from the bucket, for links are signed for the proxy's address."""
        if not any(entry["name"] == "images.tar" for entry in status["files"]):
            return {}
        bucket = emulator_bucket(self.stack.emulator, self.stack.outputs.results_bucket)
        tar = obstore.get(bucket, f"batches/{status['batch_id']}/results/images.tar").bytes()
        return images_of(bytes(tar))

    def _listed(self, batch_id: str) -> list[str]:
        """The images as a reader that follows the batch sees them."""
        files, after = [], ""
        while True:
            page = self.service.call(f"/batches/{batch_id}/images?after={after}").json()
            files += [image["file"] for image in page["images"]]
            after = page["next"]
            if after is None:
                return files

    def single_images(self, ended: Ended) -> dict[str, bytes]:
        """The images of the archive, each asked for by itself; read where the answer leads.

        From the bucket, for links are signed for the proxy's address.
        """
        bucket = emulator_bucket(self.stack.emulator, self.stack.outputs.results_bucket)
        batch_id, found = ended.status["batch_id"], {}
        for file in ended.images:
            answer = self.service.call(f"/batches/{batch_id}/images/{file}", follow=False)
            assert answer.status == 302, answer.body
            key = f"images/{batch_id}/{file}"
            assert key in answer.headers["location"]
            found[file] = bytes(obstore.get(bucket, key).bytes())
        return found

    def stored(self, status: dict[str, Any], folder: str = "bundles") -> list[str]:
        """What lies in a folder of a batch."""
        bucket = emulator_bucket(self.stack.emulator, self.stack.outputs.results_bucket)
        prefix = f"batches/{status['batch_id']}/{folder}/"
        return [entry["path"].removeprefix(prefix) for page in obstore.list(bucket, prefix) for entry in page]

    def unfinished_uploads(self) -> list[str]:
        """Keys of multipart uploads that nobody ended."""
        listed = self.stack.emulator.client("s3").list_multipart_uploads(
            Bucket=self.stack.outputs.results_bucket
        )
        return [upload["Key"] for upload in listed.get("Uploads", [])]


def address(name: str) -> str:
    """An address of a scenario's own."""
    return f"{name.replace(' ', '-')}@example.org"


def mails(stack: Stack, name: str) -> int:
    """How many emails a scenario's address got."""
    return sum(address(name) in email.to for email in emails(stack.emulator.url))


def keep_figures(test: str, ended: Ended, **more: Any) -> None:
    """Keep what a scenario measured, for the table in docs/reliability.md."""
    rows = dict(ended.status["rows"])
    figures = {
        "lost": rows.pop("total")
        - sum(rows.values())
        + ended.status["images"]["retrieved"]
        - len(ended.images),
        "doubled": len(ended.listed) - len(set(ended.listed)),
        "seconds": round(ended.seconds, 1),
        "mails": ended.mails,
    }
    FIGURES.parent.mkdir(exist_ok=True)
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    kept[test] = figures | more
    FIGURES.write_text(json.dumps(kept, indent=1, sort_keys=True))
