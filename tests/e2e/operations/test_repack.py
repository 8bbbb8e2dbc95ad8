"""`skybatch archive repack` on a bucket, while its service runs: the same answers after it, from tiles."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from local.emulator import CREDENTIALS
from local.stack import ARCHIVE_BUCKET, Stack
from tests.e2e.service import Service
from tests.support.batches.stacks import StartStack

pytestmark = pytest.mark.e2e

TABLE = "ra,dec,size\n65.497627,19.535070,50\n65.497627,19.535070,120\n"


@pytest.fixture(scope="module")
def stack(start_stack: StartStack) -> Stack:
    """One of our own, for its archive changes."""
    return start_stack()


def repack(stack: Stack, *options: str) -> str:
    """Run the command as an operator does; what it tells."""
    environment = {**os.environ, **CREDENTIALS, "AWS_ENDPOINT_URL": stack.emulator.url}
    words = ["archive", "repack", f"s3://{ARCHIVE_BUCKET}", "--processes", "2", *options]
    done = subprocess.run(
        [sys.executable, "-m", "skybatch.cli", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def stored(stack: Stack, ending: str) -> list[str]:
    """Keys of the Atlas images in one form."""
    pages = stack.emulator.client("s3").get_paginator("list_objects_v2").paginate(Bucket=ARCHIVE_BUCKET)
    keys = [entry["Key"] for page in pages for entry in page["Contents"]]
    return [key for key in keys if "/allsky/allsky/" in key and "/image/" in key and key.endswith(ending)]


def crops(service: Service) -> dict[str, bytes]:
    """The crops of a batch without CUTFILE, which names the form that they were read from."""
    images = service.images(service.run(mode="positions", table=TABLE))
    return {name: re.sub(rb"CUTFILE = .{70}", b"", content) for name, content in images.items()}


def test_an_archive_repacked_in_its_bucket_answers_as_before(stack: Stack) -> None:
    service = Service(stack.url)
    before = crops(service)
    originals = stored(stack, ".fits.gz")
    assert before
    assert not stored(stack, ".fits.fz")
    assert f"{len(originals)} images compressed, 0 were already" in repack(stack)
    assert len(stored(stack, ".fits.fz")) == len(originals)
    assert crops(service) == before
    # A second run finds its work done; what is removed then, nobody misses.
    told = repack(stack, "--delete-originals")
    assert f"0 images compressed, {len(originals)} were already; {len(originals)} files removed" in told
    assert not stored(stack, ".fits.gz")
    assert crops(service) == before
