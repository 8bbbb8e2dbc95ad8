"""One batch over 2MASS and AllWISE on the local stack, whose functions share objects and nothing else."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from local.mailbox import wait_for_email
from local.stack import SURVEYS, Stack
from local.verify import Delivered, Target, verify_crop
from tests.e2e.service import Service
from tests.support.batches.stacks import StartStack

STAR = Target(314.30417, 77.595559, 50)
M83 = Target(204.2540, -29.8654, 50)
TABLE = f"id,ra,dec,size\nstar,{STAR.ra},{STAR.dec},50\nm83,{M83.ra},{M83.dec},50\nnone,90,10,50\n"
TARGETS = {"star": STAR, "m83": M83}
BOTH = ["2mass-asky", "allwise"]
REQUEST: dict[str, Any] = {"mode": "positions", "table": TABLE, "survey": BOTH, "email": "sed@example.org"}
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def both(start_stack: StartStack) -> Stack:
    return start_stack(surveys=SURVEYS, parameters={"MaxBatchBytes": "100000"})


@pytest.fixture(scope="module")
def chain(both: Stack) -> list[dict[str, Any]]:
    """The status of each part of a batch that is larger than the limit."""
    service = Service(both.url)
    parts = [service.run(**REQUEST)]
    while (left := parts[-1]["unretrieved"]) is not None:
        answer = service.call(left["resubmit_url"], b"", method="POST")
        assert answer.status == 202, answer.body
        parts.append(service.wait(answer.json()["batch_id"]))
    return parts


def test_a_chain_gives_exactly_the_whole(both: Stack, chain: list[dict[str, Any]]) -> None:
    service = Service(both.url)
    planned = service.post("/plans", **REQUEST).json()
    found = [name for part in chain for name in service.images(part)]
    assert len(chain) > 1
    assert len(found) == len(set(found)) == planned["images"]
    for survey in BOTH:
        of_parts = sum(part["surveys"][survey]["images"]["retrieved"] for part in chain)
        assert of_parts == planned["by_survey"][survey]["images"]


def test_each_part_adds_up(chain: list[dict[str, Any]]) -> None:
    for part in chain:
        surveys = part["surveys"].values()
        assert sum(each["bytes"] for each in surveys) == part["bytes"]
        for name in ("retrieved", "over_limit", "failed"):
            assert sum(each["images"][name] for each in surveys) == part["images"][name]
        for each in surveys:
            outcomes = dict(each["rows"])
            assert outcomes.pop("total") == sum(outcomes.values()) == part["rows"]["total"]


def test_every_image_is_astropys_crop_of_its_survey(both: Stack, chain: list[dict[str, Any]]) -> None:
    service = Service(both.url)
    assert both.images is not None
    trees: dict[str, Path] = {"2mass-asky": both.archive, "allwise": both.images}
    checked: Counter[str] = Counter()
    for part in chain:
        bodies = service.images(part)
        for file in part["files"]:
            survey = file["name"].removeprefix("images_").removesuffix(".csv")
            if survey not in trees:
                continue
            for row in csv.DictReader(io.StringIO(service.file(part, file["name"]).decode())):
                crop = Delivered(row, bodies[row["file"].removeprefix("images/")])
                verify_crop(crop, trees[survey], TARGETS[row["id"]])
                checked[survey] += 1
    assert checked == {"2mass-asky": 6, "allwise": 8}


def test_the_running_batch_says_of_which_survey_an_image_is(both: Stack, chain: list[dict[str, Any]]) -> None:
    page = Service(both.url).call(f"/batches/{chain[0]['batch_id']}/images").json()
    named = Counter(image["survey"] for image in page["images"])
    assert named == {name: each["images"]["retrieved"] for name, each in chain[0]["surveys"].items()}


def test_the_email_tells_of_both_and_how_to_acknowledge_them(
    both: Stack, chain: list[dict[str, Any]]
) -> None:
    text = wait_for_email(both.emulator.url, REQUEST["email"]).text
    assert len(chain) > 1
    assert "2MASS All-Sky Release Survey: 3 images" in text
    assert "https://doi.org/10.26131/IRSA153" in text
