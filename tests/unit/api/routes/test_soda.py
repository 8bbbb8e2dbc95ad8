"""``/soda/sync``: cutouts and faults of SODA 1.0; astropy reads the cutout."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from astropy.io import fits

from skybatch.api.routes import soda
from skybatch.errors import SkybatchError, Transient
from tests.support.servers.http import HttpClient
from tests.support.survey.descriptions import IVOID
from tests.support.survey.sample_archive import MadeArchive
from tests.unit.api.conftest import CENTER


@pytest.fixture
def image(sample: MadeArchive) -> str:
    return quote(IVOID + sample.key(0, "j"))


def test_a_circle_is_cut_out(search: HttpClient, image: str) -> None:
    answer = search.get(f"/soda/sync?ID={image}&CIRCLE={CENTER[0]}+{CENTER[1]}+0.01")
    assert (answer.status, answer.media_type) == (200, "application/fits")
    with fits.open(io.BytesIO(answer.body)) as hdus:
        assert hdus[0].data.shape[0] == pytest.approx(72, abs=2)


def test_a_region_beside_the_image_is_no_content(search: HttpClient, image: str) -> None:
    answer = search.get(f"/soda/sync?ID={image}&CIRCLE=10+-10+0.01")
    assert (answer.status, answer.body) == (204, b"")


def test_a_missing_id_is_a_usage_fault(search: HttpClient) -> None:
    answer = search.get("/soda/sync")
    assert (answer.status, answer.body.partition(b":")[0]) == (400, b"UsageFault")


@pytest.mark.parametrize(
    ("error", "fault"), [(Transient("x"), b"TransientFault"), (SkybatchError("x"), b"Fault")]
)
def test_the_services_own_errors_are_faults_of_their_kind(
    search: HttpClient, image: str, error: SkybatchError, fault: bytes
) -> None:
    def fail(dataset: str, version: str | None) -> Any:
        raise error

    broken = HttpClient(replace(search.dependencies, open_inventory=fail), soda.routes)
    answer = broken.get(f"/soda/sync?ID={image}&CIRCLE=10+10+0.01")
    assert (answer.status, answer.body.partition(b":")[0]) == (error.status, fault)


def test_pixels_are_those_of_the_stored_image(search: HttpClient, sample: MadeArchive, image: str) -> None:
    answer = search.get(f"/soda/sync?ID={image}&PIXELS=11+20+101+105")
    whole = fits.getdata(io.BytesIO(sample.plain[sample.key(0, "j")]))
    with fits.open(io.BytesIO(answer.body)) as hdus:
        np.testing.assert_array_equal(hdus[0].data, whole[100:105, 10:20])


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("BAND=1.2e-6+1.3e-6", 200),
        ("BAND=2e-6+3e-6", 204),
        ("PIXELS_1=600+700", 204),
        ("PIXELS=1", 400),
        (f"CIRCLE={CENTER[0]}+{CENTER[1]}+0.01&BAND=2e-6+3e-6", 204),
        (f"CIRCLE={CENTER[0]}+{CENTER[1]}+0.01&PIXELS_2=1+2", 204),
    ],
)
def test_all_that_is_asked_must_hold(search: HttpClient, image: str, more: str, status: int) -> None:
    answer = search.get(f"/soda/sync?ID={image}&{more}")
    assert answer.status == status
    if status == 200:
        assert fits.getdata(io.BytesIO(answer.body)).shape == (1024, 512)
