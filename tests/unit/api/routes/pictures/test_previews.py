"""``/batches/{id}/previews/{name}``: stretches, points and sizes; what is no number is refused."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.batches.in_process_service import Service
from tests.support.images.png import read_png
from tests.support.servers.http import HttpClient
from tests.unit.api.conftest import CENTER

TABLE = f"ra,dec,id\n{CENTER[0]},{CENTER[1]},whole\n"


@pytest.fixture
def address(batches: HttpClient, service: Service) -> str:
    """The address of the preview of a whole image."""
    accepted = service.submit(mode="positions", table=TABLE, bands="J")
    service.run(accepted)
    image = batches.get(f"/batches/{accepted.record.batch_id}/images").json()["images"][0]
    return str(image["preview"].partition("sky.example")[2])


def shown(batches: HttpClient, url: str) -> np.ndarray:
    answer = batches.get(url)
    assert (answer.status, answer.media_type) == (200, "image/png")
    assert "immutable" in answer.headers["cache-control"]
    return read_png(answer.body)


def test_a_whole_image_is_shown_whole_in_the_size_asked_for(batches: HttpClient, address: str) -> None:
    assert [shown(batches, f"{address}?side={side}").shape[:2] for side in (256, 512, 1024)] == [
        (256, 128),
        (512, 256),
        (1024, 512),
    ]


def test_stretches_and_points_change_the_picture_and_the_default_is_asinh(
    batches: HttpClient, address: str
) -> None:
    usual = shown(batches, address)
    assert (usual == shown(batches, f"{address}?stretch=asinh&black=5&white=99.5")).all()
    queries = ("stretch=linear", "stretch=zscale", "black=50", "white=80", "stretch=linear&white=90")
    others = [shown(batches, f"{address}?{query}") for query in queries]
    assert all((other != usual).any() for other in others)
    assert others[3].mean() > usual.mean() > others[2].mean()


def test_only_looks_of_the_usual_points_are_kept(batches: HttpClient, service: Service, address: str) -> None:
    for query in ("stretch=zscale", "black=1&white=98.7", "black=2", "side=1024"):
        shown(batches, f"{address}?{query}")
    store = service.store(address.split("/")[2])
    kept = {stored.name.partition(".fits")[2] for stored in store.list("previews")}
    assert kept == {".gz.zscale256.png", ".gz.asinh1024.png"}


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("stretch=log", "stretch"),
        ("side=4000", "side"),
        ("black=x", "black"),
        ("white=101", "white"),
        ("black=nan", "black"),
        ("black=60&white=50", "black"),
    ],
)
def test_what_is_no_look_is_refused_by_name(
    batches: HttpClient, address: str, query: str, column: str
) -> None:
    answer = batches.get(f"{address}?{query}")
    assert answer.status == 422
    assert [error["column"] for error in answer.json()["errors"]] == [column]
