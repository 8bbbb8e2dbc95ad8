"""More than 2 GB of whole images through batches of 1 GB, part after part, to the end."""

from __future__ import annotations

import hashlib
import tarfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from local.stack import Stack
from local.synthetic.archive import identity
from local.synthetic.pixels import Exposure
from local.synthetic.scans import ImageSet, image_sets
from skybatch.surveys.image_id import atlas_key
from skybatch.surveys.twomass.bands import BANDS
from tests.e2e.conftest import StartStack
from tests.e2e.service import Service
from tests.support.machine.processes import PeakMemory

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

LIMIT = 1_000_000_000
ROWS = 480  # of three bands and about 1.55 MB each
MOST_MEMORY = 450_000_000
"""Bytes that any function may take, whatever the batch's size; the collector has 1,769 MB."""


@pytest.fixture(scope="module")
def stack(start_stack: StartStack) -> Stack:
    return start_stack(few=False)


def centred_sets() -> list[ImageSet]:
    return [images for images in image_sets(few=False) if images.scan.dataset == "asky"]


def table() -> str:
    """Positions in the middle of images: each asks for its own whole copy of the best one."""
    sets = centred_sets()
    here = [sets[n % len(sets)] for n in range(ROWS)]
    lines = (f" {images.crval1:11.6f} {images.crval2:11.6f}\n" for images in here)
    return "|ra         |dec        |\n" + "".join(lines)


def md5s_of(service: Service, status: dict[str, Any]) -> dict[str, tuple[int, str]]:
    """Size and MD5 of each image in the archive of a batch, read as it streams by."""
    url = next(file["url"] for file in status["files"] if file["name"] == "images.tar")
    found = {}
    with (
        urllib.request.urlopen(url, timeout=60) as answer,
        tarfile.open(fileobj=cast(BinaryIO, answer), mode="r|") as tar,
    ):
        for member in tar:
            if "/images/" in member.name and member.isfile():
                body = cast(Any, tar.extractfile(member)).read()
                found[member.name.split("/")[-1]] = (len(body), hashlib.md5(body).hexdigest())
    return found


def expected_md5s(archive: Path) -> Counter[str]:
    """The three bands of the image set that each row lies in the middle of, as the archive holds them."""
    sets = centred_sets()
    often = Counter(n % len(sets) for n in range(ROWS))
    expected = Counter[str]()
    for place, times in often.items():
        for band in BANDS:
            key = atlas_key(identity(Exposure(sets[place], band)))
            expected[hashlib.md5((archive / key).read_bytes()).hexdigest()] += times
    return expected


def test_chain_of_gigabytes(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    service = Service(stack.url)
    plan = service.post("/plans", mode="positions", table=table(), best=True).json()
    assert plan["bytes"] > 2 * LIMIT
    told, images = [], Counter[str]()
    began = time.monotonic()
    batch_id = service.submit(mode="positions", table=table(), best=True, label="Gigabytes")
    with PeakMemory(stack.emulator.pid) as memory:
        while True:
            start = time.monotonic()
            status = service.wait(batch_id, seconds=600)
            told.append((status, time.monotonic() - start))
            came = md5s_of(service, status)
            assert sum(size for size, _ in came.values()) == status["bytes"] <= LIMIT
            assert len(came) == status["images"]["retrieved"]
            images.update(md5 for _, md5 in came.values())
            if status["unretrieved"] is None:
                break
            batch_id = service.post(f"/batches/{batch_id}/resubmit").json()["batch_id"]
    total = sum(status["bytes"] for status, _ in told)
    assert [status["chain"]["part"] for status, _ in told] == list(range(1, len(told) + 1))
    assert {status["chain"]["parts"] for status, _ in told} == {plan["parts"]}
    assert len(told) == plan["parts"] >= 3
    assert total == plan["bytes"]
    assert images == expected_md5s(stack.archive)
    assert memory.largest < MOST_MEMORY
    with capsys.disabled():
        seconds = time.monotonic() - began
        print(f"\n{total / 1e9:.2f} GB in {len(told)} parts, {seconds:.0f} s with downloads")
        for status, took in told:
            print(f"  part {status['chain']['part']}: {status['bytes'] / 1e6:.0f} MB in {took:.1f} s")
        print(f"  largest function: {memory.largest / 1e6:.0f} MB")
