"""The functions' code around stores in memory: what the state machine does, without it."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from typing import Any

from obstore.store import MemoryStore, ObjectStore

from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.execution.worker import Worker
from skybatch.batch.message import Message
from skybatch.batch.status import read_status
from skybatch.batch.store import BatchStore
from skybatch.batch.submission.submit import AcceptedBatch, BatchSubmitter
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.status import BatchStatus
from skybatch.workflow import steps
from tests.support.batches.batch_fakes import Clock
from tests.support.survey.sample_archive import MadeArchive


class Service:
    """The functions' code around a store, in memory if none is given; every message is worked at once."""

    def __init__(self, archive: MadeArchive, objects: ObjectStore | None = None, **limits: Any) -> None:
        self.archive = archive
        self.assembler_for: steps.AssemblerFor = steps.store_assembler
        self.settings = replace(Settings(), **limits)
        self.objects = objects or MemoryStore()
        self.submitter = BatchSubmitter(
            self.objects, lambda *_: None, self.settings, "https://sky.example", now=1000.0
        )
        self.queue = TaskQueue(lambda: self, "queue")
        self.worker = Worker(archive.objects, self.queue, create_large=self._refuse_large)
        self.worked: list[Message] = []

    def _refuse_large(self, key: str, _: Any) -> bool:
        raise AssertionError(f"{key} is too large for a test")

    def submit(self, **fields: Any) -> AcceptedBatch:
        request, upload = parse_body(json.dumps(fields).encode(), "application/json", self.settings)
        return self.submitter.submit(request, upload)

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        for entry in Entries:
            message = Message.from_json(json.loads(entry["MessageBody"]))
            self.worked.append(message)
            self.worker.process(message, self.store(message.batch_id))
        return {}

    def store(self, batch_id: str) -> BatchStore:
        return BatchStore(self.objects, batch_id)

    def run(self, accepted: AcceptedBatch) -> BatchStatus:
        """What the state machine does; the final status."""
        batch_id = accepted.record.batch_id
        state: dict[str, Any] = {"batch_id": batch_id}
        state = steps.plan_step(self.objects, state, self.archive.open, self.settings)
        while state["next"] != "package":
            if state["next"] == "fail":
                steps.fail_step(self.objects, state, 1100.0)
                return read_status(self.store(batch_id), 1200.0)
            if state["next"] == "dispatch":
                state = steps.dispatch_step(self.objects, state, self.queue, self.settings, 1010.0)
            state = steps.tally_step(self.objects, state, self.settings, Clock(1020.0))
        steps.package_step(self.objects, state, self.archive.open, 1100.0, self.assembler_for)
        return read_status(self.store(batch_id), 1200.0)

    def file(self, accepted: AcceptedBatch, name: str) -> bytes:
        body = self.store(accepted.record.batch_id).read(f"results/{name}")
        assert body is not None
        return body


def images_of(tar: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as read:
        return {
            member.name.split("/images/")[1]: content.read()
            for member in read
            if "/images/" in member.name and (content := read.extractfile(member))
        }
