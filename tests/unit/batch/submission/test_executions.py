"""Starting executions: once a batch, under a name that gives no id away, again once it was removed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.store import BatchStore
from skybatch.batch.submission.executions import execution_name, execution_starter
from skybatch.batch.submission.submit import BatchSubmitter
from skybatch.errors import Expired
from skybatch.redaction import batch_hash
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.aws.step_functions import DAY, FakeStepFunctions
from tests.support.batches.batch_fakes import BATCH_ID

REQUEST = parse_body(b'{"mode":"region","center":"1 2","diameter":1}', "application/json", Settings())[0]


def test_an_execution_starts_once_whatever_is_repeated() -> None:
    machines = FakeStepFunctions(lambda: 1000.0)
    start = execution_starter(machines, "arn")
    start(BATCH_ID, 1000.9)
    start(BATCH_ID, 1000.9)
    machines.end_all()
    start(BATCH_ID, 1000.9)
    (execution,) = machines.executions
    assert execution.name == execution_name(BATCH_ID, 1000.9) == f"{batch_hash(BATCH_ID)}-1000"
    assert json.loads(execution.input) == {"batch_id": BATCH_ID}
    assert BATCH_ID not in execution.name
    assert len(execution.name) <= 80  # StartExecution, API reference


@dataclass
class Repeated:
    """The same call with one key, day by day."""

    objects: MemoryStore = field(default_factory=MemoryStore)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.machines = FakeStepFunctions(lambda: self.now)

    def submit(self) -> str:
        """Submit; return the batch id."""
        start = execution_starter(self.machines, "arn")
        settings = replace(Settings(), expire_days=14)
        submitter = BatchSubmitter(self.objects, start, settings, "https://sky.example", now=self.now)
        return submitter.submit(REQUEST, seed=b"key and body").record.batch_id

    def end(self, batch_id: str) -> None:
        """What the end of a batch writes."""
        BatchStore(self.objects, batch_id).write_json(keys.STATUS, {})
        self.machines.end_all()

    def purge(self, batch_id: str, *names: str) -> None:
        """What the bucket's lifecycle does."""
        listed = [
            item["path"] for page in obstore.list(self.objects, keys.of_batch(batch_id, "")) for item in page
        ]
        for path in listed:
            if not names or path.rsplit("/", 1)[1] in names:
                obstore.delete(self.objects, path)


def test_a_call_repeated_after_its_results_were_removed_runs_again() -> None:
    calls = Repeated()
    first = calls.submit()
    assert calls.submit() == first
    calls.end(first)
    calls.now = 10 * DAY
    assert calls.submit() == first
    assert len(calls.machines.executions) == 1
    calls.purge(first)
    calls.now = 20 * DAY
    assert calls.submit() == first
    assert [execution.ended for execution in calls.machines.executions] == [0.0, None]
    calls.now += 5
    calls.submit()
    assert len(calls.machines.executions) == 2


def test_a_name_that_is_free_again_starts_no_batch_that_has_ended() -> None:
    calls = Repeated()
    batch_id = calls.submit()
    calls.end(batch_id)
    calls.now = 91 * DAY
    assert calls.submit() == batch_id
    assert len(calls.machines.executions) == 1


def test_a_batch_half_removed_is_not_begun_upon_what_is_left_of_it() -> None:
    calls = Repeated()
    batch_id = calls.submit()
    calls.end(batch_id)
    calls.purge(batch_id, keys.RECORD)
    with pytest.raises(Expired):
        calls.submit()
    assert len(calls.machines.executions) == 1


def test_a_start_that_was_lost_is_made_up_by_the_same_call() -> None:
    calls = Repeated()

    def fails(*_: Any) -> None:
        raise TimeoutError

    submitter = BatchSubmitter(calls.objects, fails, Settings(), "https://sky.example", now=0.0)
    with pytest.raises(TimeoutError):
        submitter.submit(REQUEST, seed=b"key and body")
    calls.now = 60.0
    calls.submit()
    (execution,) = calls.machines.executions
    assert execution.name.endswith("-0")
