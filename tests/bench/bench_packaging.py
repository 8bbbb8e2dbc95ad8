"""Packaging a gigabyte of images, beside copying the same bytes through the same S3 client."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import obstore

from local.archive_bucket import emulator_bucket
from local.emulator import Emulator, emulator
from skybatch.batch import keys
from skybatch.batch.delivery.single_images import bundle_key
from skybatch.batch.execution.packing import pack
from skybatch.batch.execution.stretches import create_stretch
from skybatch.batch.plan import Plan, load_plan, save_plan
from skybatch.batch.record import load_record
from skybatch.batch.results.packager import package
from skybatch.batch.store import BatchStore
from skybatch.batch.submission.submit import BatchSubmitter
from skybatch.bundles.s3_assembler import S3Assembler
from skybatch.concurrency import parallel_map
from skybatch.presentation.texts_for_people import texts_for_people
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.bench.harness import Bench
from tests.support.batches.batch_fakes import task
from tests.support.batches.made_bundles import made_bundle, put_bundle
from tests.support.machine.processes import peak_bytes
from tests.support.survey.sample_archive import MadeArchive

BUCKET = "bench-results"
IMAGES, IMAGE_BYTES = 645, 1_550_000
ROUNDS = 2


def run(bench: Bench) -> None:
    """Time packaging, each round beside a copy of the same bytes; the memory it takes."""
    with tempfile.TemporaryDirectory() as folder, emulator(Path(folder)) as aws, bucket(aws) as store:
        archive = MadeArchive()
        plan = filled(store, archive)
        packed, copied, join = [], [], assembler(aws, store)
        for _ in range(ROUNDS):
            copied.append(_seconds(lambda: copy_as_one(store, plan)))
            packed.append(_seconds(partial(package, store, plan, archive.open, texts_for_people, join, 0.0)))
            for name in ("outcomes.jsonl", "status.json"):
                obstore.delete(store.objects, store.path(name))
        gigabytes = IMAGES * IMAGE_BYTES / 1e9
        bench.add(f"packaging: {gigabytes:.2f} GB, beside copying it", min(packed), unit="s",
                  reference=min(copied), ratio_at_most=1.5)  # fmt: skip
        memory = _in_a_process_of_its_own(aws)
        bench.add(f"packaging: {gigabytes:.2f} GB, peak memory", memory, unit="MB", at_most=450)


@contextmanager
def bucket(aws: Emulator) -> Iterator[BatchStore]:
    """A batch of one request row an image, accepted and empty."""
    aws.client("s3").create_bucket(Bucket=BUCKET)
    objects = emulator_bucket(aws, BUCKET)
    submitter = BatchSubmitter(
        objects, lambda *_: None, replace(Settings(), max_rows=IMAGES), "https://sky.example", now=0.0
    )
    table = "ra,dec\n" + "180,20\n" * IMAGES
    body = '{"mode": "positions", "table": ' + f'"{table}"'.replace("\n", "\\n") + "}"
    request, upload = parse_body(body.encode(), "application/json", submitter.settings)
    accepted = submitter.submit(request, upload, seed=b"bench")
    yield BatchStore(objects, accepted.record.batch_id)


def filled(store: BatchStore, archive: MadeArchive) -> Plan:
    """A plan of images, all of them there: noise, as images nearly are once compressed."""
    tasks = tuple(
        task(n, size=IMAGE_BYTES, set_index=n % 4, delivery_format="fits.gz") for n in range(IMAGES)
    )
    plan = Plan(tasks, {"asky": archive.open("asky", None).version}, {}, load_record(store).limit_bytes)
    save_plan(store, plan)
    noise = np.random.default_rng(1).bytes(IMAGE_BYTES)
    bundles = pack(tasks, 30)
    stretch = create_stretch(store, 0, len(tasks), bundles)
    for planned, bundle in zip(stretch.bundles, bundles, strict=True):
        put_bundle(store, planned.name, made_bundle(store, dict.fromkeys(bundle.tasks, noise)))
    return plan


def assembler(aws: Emulator, store: BatchStore) -> S3Assembler:
    """What the collector joins archives with."""
    return S3Assembler(store.objects, bundle_key(store), lambda: aws.client("s3"), BUCKET)


def copy_as_one(store: BatchStore, plan: Plan) -> None:
    """The same bytes, read side by side and written as one object, as packaging once did."""
    listed = [store.path(f"{keys.BUNDLES}/{stored.name}") for stored in store.list(keys.BUNDLES)]
    bodies = parallel_map(lambda key: obstore.get(store.objects, key).bytes(), listed, 4)
    store.upload("copied", iter(bodies), "application/octet-stream")


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _in_a_process_of_its_own(aws: Emulator) -> float:
    command = [sys.executable, "-m", "tests.bench.bench_packaging", aws.url]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(ran.stdout)


def _package_alone(url: str) -> float:
    """Package once more; the peak of this process' memory in MB."""
    objects = emulator_bucket(Emulator(url, 0, Path(), Path()), BUCKET)
    folders = obstore.list_with_delimiter(objects, "batches/")["common_prefixes"]
    store = BatchStore(objects, folders[0].rstrip("/").split("/")[-1])
    plan = load_plan(store)
    assert plan is not None
    archive = MadeArchive()
    plan = replace(plan, versions={"asky": archive.open("asky", None).version})
    aws = Emulator(url, 0, Path(), Path())
    package(store, plan, archive.open, texts_for_people, assembler(aws, store), 0.0)
    return peak_bytes(os.getpid()) / 1e6  # not ru_maxrss: a child inherits that from whoever started it


if __name__ == "__main__":
    print(_package_alone(sys.argv[1]))
