"""Tasks and plans as they are stored, and the limit that divides a plan."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from skybatch.batch.plan import Task, load_plan
from skybatch.fits.edge_mode import EdgeMode
from skybatch.fits.pixel_box import NO_PADDING, Padding, PixelBox
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.surveys.image_type import ImageType
from tests.support.batches.batch_fakes import FakeBatch, task

TASK = Task(
    index=3,
    row=1,
    row_number=2,
    id="a",
    file="0002_a_990101n_j0010009.fits",
    source="twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz",
    dataset="asky",
    set_index=17,
    band="j",
    image_type=ImageType.ATLAS,
    delivery_format="fits",
    box=PixelBox(1, 2, 3, 4),
    bytes=2880,
)


def test_a_stored_task_keeps_its_layout_and_reads_back_the_same() -> None:
    line = TASK.to_json()
    assert (line["n"], line["scntr"], line["form"], line["box"]) == (3, 2, "fits", [1, 2, 3, 4])
    assert not {"row_number", "delivery_format", "edge", "cut_at_edge"} & set(line)
    assert Task.from_json(line) == TASK


@pytest.mark.parametrize(
    ("edge", "padding", "stored"),
    [
        (EdgeMode.CLIP, NO_PADDING, [1, 2, 3, 4]),
        (EdgeMode.PAD, Padding(5, 0, 0, 6), [1, 2, 3, 4, 5, 0, 0, 6]),
    ],
)
def test_a_crop_at_an_edge_reads_back_the_same(edge: EdgeMode, padding: Padding, stored: list[int]) -> None:
    cut = replace(TASK, edge=edge, cut_at_edge=True, box=PixelBox(1, 2, 3, 4, padding))
    line = json.loads(json.dumps(cut.to_json()))
    assert line["box"] == stored
    assert Task.from_json(line) == cut


def test_plan_survives_its_file_exactly() -> None:
    batch = FakeBatch([task(0, box=PixelBox(1, 2, 3, 4)), task(1, refusal="larger than the limit")])
    assert load_plan(batch.store) == batch.plan


def test_tasks_of_one_stored_image_share_what_they_have_in_common() -> None:
    geometry = ImageGeometry(2, 3, 1.5, 2.0, -0.1, 0.1, 10.0, 20.0, 0.3)
    lines = [task(n, source="one.fits.gz", geometry=geometry).to_json() for n in range(2)]
    first, second = (Task.from_json(json.loads(json.dumps(line))) for line in lines)
    assert first.source is second.source
    assert first.geometry is second.geometry
