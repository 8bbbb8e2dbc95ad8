"""Batches of crops that reach beyond their image, clipped and padded: files, tables, counts, resubmission."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import Cutout2D
from astropy.wcs import WCS

from skybatch.batch.codes import Remainder
from skybatch.batch.plan import load_plan
from skybatch.batch.planning.dry_run import estimate
from skybatch.batch.record import load_request
from skybatch.fits.edge_mode import EdgeMode
from skybatch.names.resolver import Resolver
from skybatch.presentation.summary import summary_sentences
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.status import BatchStatus
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.sample_archive import MadeArchive

SIZE = 60


def place(archive: MadeArchive, x: float, y: float) -> str:
    """The position of a pixel (from 0) of the first image set."""
    sky = WCS(fits.getheader(io.BytesIO(archive.plain[archive.key(0, "j")]))).pixel_to_world(x, y).icrs
    return f"{float(sky.ra.deg)!r},{float(sky.dec.deg)!r}"


def table(archive: MadeArchive) -> str:
    """One crop in each band over the edge, in two image sets one within, and a whole image."""
    rows = [
        f"{place(archive, 505.3, 400.2)},{SIZE},edge",
        f"{place(archive, 250.3, 500.2)},{SIZE},inside",
        f"{place(archive, 505, 300)},,whole",
    ]
    return "\n".join(["ra,dec,size,id", *rows, ""])


def run(archive: MadeArchive, **fields: Any) -> tuple[Service, Any, BatchStatus]:
    service = Service(archive, **fields.pop("limits", {}))
    accepted = service.submit(mode="positions", bands="J,H", table=table(archive), **fields)
    return service, accepted, service.run(accepted)


def rows_of(service: Service, accepted: Any, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(service.file(accepted, f"{name}.csv").decode())))


@pytest.mark.parametrize("edge", EdgeMode)
def test_tables_status_and_sentence_tell_which_crops_reach_beyond_their_image(
    archive: MadeArchive, edge: EdgeMode
) -> None:
    service, accepted, status = run(archive, edge=edge)
    images = rows_of(service, accepted, "images")
    expected = {"edge": "y", "inside": "n", "whole": ""}
    assert {(row["id"], row["cut_at_edge"]) for row in images} == set(expected.items())
    assert {row.get("edge") for row in images if row["size"]} == {"pad" if edge is EdgeMode.PAD else None}
    assert (status.images.crops, status.images.cut_at_edge) == (6, 2)
    assert "2 of 6 crops reach beyond their image" in summary_sentences(status)
    reasons = {row["id"]: row["reason"] for row in rows_of(service, accepted, "rows")}
    assert reasons == {"edge": "2 of 2 crops reach beyond their image", "inside": "", "whole": ""}
    assert {row["outcome"] for row in rows_of(service, accepted, "rows")} == {"retrieved"}
    assert status.reasons == ()


def test_a_padded_crop_is_astropys_and_as_many_bytes_as_planned(archive: MadeArchive) -> None:
    service, accepted, _ = run(archive, edge="pad")
    plan = load_plan(service.store(accepted.record.batch_id))
    assert plan is not None
    requested = load_request(service.store(accepted.record.batch_id))
    delivered = images_of(service.file(accepted, "images.tar"))
    for task in plan.tasks:
        assert len(delivered[task.file]) == task.bytes
        if task.box is None:
            continue
        position = requested.rows[task.row].position
        assert position is not None
        with fits.open(io.BytesIO(archive.plain[task.source])) as parent:
            system = WCS(parent[0].header)
            sky = SkyCoord(position.ra, position.dec, unit="deg")
            theirs = Cutout2D(parent[0].data, sky, SIZE, system, mode="partial", fill_value=np.nan)
        with fits.open(io.BytesIO(delivered[task.file])) as ours:
            np.testing.assert_array_equal(ours[0].data, theirs.data)
            assert ours[0].header["CRPIX1"] == pytest.approx(theirs.wcs.wcs.crpix[0], abs=1e-9)
            assert ours[0].header["CRPIX2"] == pytest.approx(theirs.wcs.wcs.crpix[1], abs=1e-9)


@pytest.mark.parametrize("fmt", ["tbl", "xml", "csv"])
def test_tables_posted_back_ask_for_padded_crops_again(archive: MadeArchive, fmt: str) -> None:
    service, accepted, _ = run(archive, edge="pad")
    first = images_of(service.file(accepted, "images.tar"))
    posted = service.submit(mode="coadd_keys", table=service.file(accepted, f"images.{fmt}").decode())
    service.run(posted)
    assert images_of(service.file(posted, "images.tar")) == first


def test_a_table_of_clipped_crops_takes_the_requests_edge(archive: MadeArchive) -> None:
    service, accepted, _ = run(archive)
    posted = service.submit(
        mode="coadd_keys", table=service.file(accepted, "images.csv").decode(), edge="pad"
    )
    assert service.run(posted).images.cut_at_edge == 2
    assert {row["edge"] for row in rows_of(service, posted, "images") if row["size"]} == {"pad"}


def test_resubmission_pads_the_rest(archive: MadeArchive) -> None:
    service, accepted, status = run(archive, edge="pad", limits={"max_batch_bytes": 1_800_000})
    assert status.unretrieved is not None
    child = service.submitter.resubmit(accepted.record.batch_id, Remainder.UNRETRIEVED)
    assert child.request.edge is EdgeMode.PAD
    service.run(child)
    whole, at_once, _ = run(archive, edge="pad")
    expected = images_of(whole.file(at_once, "images.tar"))
    parts = images_of(service.file(accepted, "images.tar"))
    assert set(parts) < set(expected)
    parts |= images_of(service.file(child, "images.tar"))
    assert parts.items() <= expected.items()


def test_the_request_to_post_again_says_how(archive: MadeArchive) -> None:
    service, accepted, _ = run(archive, edge="pad")
    body = json.loads(service.file(accepted, "request.json"))
    assert body["edge"] == "pad"
    again = service.submit(**body)
    assert again.request.edge is EdgeMode.PAD


def test_a_dry_run_counts_padded_bytes(archive: MadeArchive) -> None:
    counted = {}
    for edge in EdgeMode:
        _, _, status = run(archive, edge=edge)
        fields = {"mode": "positions", "bands": "J,H", "edge": edge, "table": table(archive)}
        request, _ = parse_body(json.dumps(fields).encode(), "application/json", Settings())
        plan = estimate(request, archive.open, Settings(), Resolver([]), 0.0)
        assert plan["bytes"] == status.bytes
        assert (plan["crops"], plan["cut_at_edge"]) == (6, 2)
        counted[edge] = plan["bytes"]
    assert counted[EdgeMode.PAD] > counted[EdgeMode.CLIP]


def test_a_padded_crop_far_larger_than_its_image_is_refused(archive: MadeArchive) -> None:
    service = Service(archive)
    position = place(archive, 250, 300)
    accepted = service.submit(
        mode="positions", bands="J", edge="pad", best=True, table=f"ra,dec,size\n{position},2500\n"
    )
    assert service.run(accepted).images.failed == 1
    (row,) = rows_of(service, accepted, "rows")
    assert "2,048" in row["reason"]
