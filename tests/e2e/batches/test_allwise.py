"""AllWISE on the local stack, its images in a public bucket of another region: crops, whole images, links."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from local.allwise.tiles import FEW, TRUE_SIZE
from local.allwise.tree import path
from local.stack import PUBLIC, Stack
from local.verify import Delivered, Target, delivered_images, verify_crop, verify_whole
from tests.e2e.service import Service
from tests.support.batches.stacks import StartStack

STAR = Target(314.30417, 77.595559, 50)
TABLE = f"ra,dec,size\n{STAR.ra},{STAR.dec},{STAR.size}\n"
WHOLE = f"ra,dec\n{STAR.ra},{STAR.dec}\n"


@pytest.fixture(scope="module")
def wise(start_stack: StartStack) -> Stack:
    return start_stack(surveys=("allwise",))


pytestmark = pytest.mark.e2e


def images(stack: Stack, table: str, bands: list[str]) -> list[Delivered]:
    service = Service(stack.url)
    status = service.run(mode="positions", survey="allwise", bands=bands, table=table)
    assert status["images"]["failed"] == 0
    return delivered_images(service.file(status, "images.tar"))


def tree(stack: Stack) -> Path:
    assert stack.images is not None
    return stack.images


def test_crops_of_four_bands_are_astropys(wise: Stack) -> None:
    crops = images(wise, TABLE, ["w1", "w2", "w3", "w4"])
    assert sorted(crop.row["band"] for crop in crops) == ["W1", "W2", "W3", "W4"]
    for crop in crops:
        verify_crop(crop, tree(wise), STAR)


def test_whole_images_are_those_of_the_bucket(wise: Stack) -> None:
    (whole,) = images(wise, WHOLE, ["w3"])
    verify_whole(whole, tree(wise))


def test_a_whole_image_is_a_redirect_to_the_public_address(wise: Stack) -> None:
    address = path(FEW[0], 1, "int", "fits").replace("/images/", "/")
    answer = httpx.get(f"{wise.url}/ibe/data/{address}", timeout=60)
    location = answer.headers["location"]
    assert answer.status_code == 302
    assert f"/{PUBLIC.region}/{PUBLIC.bucket}/{path(FEW[0], 1, 'int', 'fits')}" in location
    assert "?" not in location
    assert httpx.head(location).headers["content-length"] == str(1024 * 1024 * 4 + 5760 + 1856)


@pytest.mark.soak
def test_a_tile_of_true_size_is_cut_and_delivered_whole(start_stack: StartStack) -> None:
    stack = start_stack(surveys=("allwise",), tiles=(TRUE_SIZE,), parameters={"WorkerTimeout": "30"})
    (crop,) = images(stack, TABLE, ["w1"])
    verify_crop(crop, tree(stack), STAR)
    (whole,) = images(stack, WHOLE, ["w2"])
    assert len(whole.body) == 67_083_840
    verify_whole(whole, tree(stack))
