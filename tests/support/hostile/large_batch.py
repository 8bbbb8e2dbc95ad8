"""A batch as large as one may be, written to a folder as if it had run: pages and resubmissions read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import obstore
from obstore.store import LocalStore, MemoryStore

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus
from skybatch.batch.outcomes import ImageOutcome
from skybatch.batch.plan import Plan, load_plan
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.store import JSON_LINES, BatchStore, to_json_lines
from skybatch.batch.submission.submit import BatchSubmitter
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.workflow import steps

NOW = 1_000_000.0
EXPIRES = 1e11  # never
REASON = "the archive's file is not what the inventory says: " + "x" * 100


def large_batch(folder: Path, open_inventory: OpenInventory, status: ImageStatus, **fields: Any) -> str:
    """Write a batch whose images all ended with one status other than retrieved; return its id.

    A part of the journal says that all of them finished, as a running batch could have it.
    """
    objects, settings = MemoryStore(), Settings()
    request, upload = parse_body(json.dumps(fields).encode(), "application/json", settings)
    submitter = BatchSubmitter(objects, lambda *_: None, settings, "https://sky.example", NOW)
    batch_id = submitter.submit(request, upload).record.batch_id
    steps.plan_step(objects, {"batch_id": batch_id}, open_inventory, settings, NOW)
    store = BatchStore(objects, batch_id)
    store.write_json(keys.RECORD, {**(store.read_json(keys.RECORD) or {}), "expires": EXPIRES})
    plan = load_plan(store)
    assert plan is not None
    _write_outcomes(store, plan, status)
    steps.package_step(objects, {"batch_id": batch_id}, open_inventory, NOW)
    copied(objects, folder)
    return batch_id


def _write_outcomes(store: BatchStore, plan: Plan, status: ImageStatus) -> None:
    why = {"reason": REASON, "code": "source_damaged"} if status is ImageStatus.FAILED else {}
    outcomes = (ImageOutcome(task.index, status, **why) for task in plan.tasks)  # type: ignore[arg-type]
    store.create(keys.OUTCOMES, to_json_lines(each.to_json() for each in outcomes), JSON_LINES)
    finished = (
        {
            "n": task.index,
            "file": task.file,
            "bytes": 1,
            "row": 1,
            "id": task.id,
            "band": task.band,
            "image_type": task.image_type,
        }
        for task in plan.tasks
    )
    store.create(keys.journal_part(0), to_json_lines(finished), JSON_LINES)


def copied(objects: MemoryStore, folder: Path) -> None:
    """Write all objects below a folder, which knows no media types."""
    target = LocalStore(folder, mkdir=True)
    for page in obstore.list(objects):
        for entry in page:
            obstore.put(target, entry["path"], obstore.get(objects, entry["path"]).bytes())


def crowded_positions(count: int, declination: float, seed: int = 1) -> str:
    """A table of positions near the pole, where so many images overlap that each finds dozens."""
    ra = np.random.default_rng(seed).uniform(0, 360, count)
    return "ra,dec,size\n" + "".join(f"{each:.5f},{declination},50\n" for each in ra)
