"""The largest requests over the full synthetic survey: from the request's body to ``plan.jsonl`` in S3."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from local.archive_bucket import emulator_bucket
from local.emulator import emulator
from skybatch.batch.plan import save_plan
from skybatch.batch.planning.planner import make_plan
from skybatch.batch.store import BatchStore
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.storage.directory_tree import DirectoryTree
from tests.bench.harness import Bench, median_ms
from tests.support.survey.synthetic_survey import synthetic

ROWS = 2500
LIMIT_MS = 1500
BUCKET = "results"


def run(bench: Bench) -> None:
    """A region of 7 degrees and 2500 positions, all bands, all images."""
    random = np.random.default_rng(7)
    ra, dec = random.uniform(0, 360, ROWS), np.degrees(np.arcsin(random.uniform(-1, 1, ROWS)))
    table = "ra,dec,size\n" + "".join(
        f"{a!r},{d!r},50\n" for a, d in zip(ra.tolist(), dec.tolist(), strict=True)
    )
    asked: dict[str, dict[str, Any]] = {
        "7 degree region": {"mode": "region", "center": "100 -40", "diameter": 7},
        "2500 positions, crops": {"mode": "positions", "table": table},
    }
    with tempfile.TemporaryDirectory() as scratch, emulator(Path(scratch) / "emulator") as aws:
        aws.client("s3").create_bucket(Bucket=BUCKET)
        tree = DirectoryTree(Path(scratch) / "archive")
        publish(tree, synthetic(), numbered=False, origin="synthetic")
        inventory = Inventory.open(tree, "asky")
        for name, fields in asked.items():
            made = [0]
            time = median_ms(partial(_plan, fields, inventory, emulator_bucket(aws, BUCKET), made), 5)
            bench.add(f"plan in S3: {name} ({made[0]:,} images)", time, at_most=LIMIT_MS)


def _plan(fields: dict[str, Any], inventory: Inventory, objects: Any, made: list[int]) -> None:
    settings = Settings()
    request, _ = parse_body(json.dumps(fields).encode(), "application/json", settings)
    plan = make_plan(
        replace(request, email=None),
        lambda *_: inventory,
        settings.max_batch_bytes,
        settings.max_images,
    )
    made[0] = len(plan.tasks)
    save_plan(BatchStore(objects, np.random.bytes(16).hex()), plan)
