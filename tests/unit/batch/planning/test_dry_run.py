"""Dry runs: the counts are those of the batch that is submitted afterwards."""

from __future__ import annotations

import time
from typing import Any

import pytest

from skybatch.batch.planning import dry_run as planning
from skybatch.batch.planning.dry_run import estimate
from skybatch.errors import TooLarge
from skybatch.names.resolver import Resolver
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive

TABLE = "ra,dec\n180,20\n180.01,20.02\n50,50\n"


def dry_run(service: Service, **fields: Any) -> dict[str, Any]:
    request = service.submit(**fields).request
    resolver: Resolver = None  # type: ignore[assignment]  # no names are asked for
    return estimate(request, service.archive.open, service.settings, resolver, time.monotonic())


@pytest.mark.parametrize("limit", [10**9, 3_000_000, 1000])
def test_a_batch_delivers_what_its_dry_run_counts(archive: MadeArchive, limit: int) -> None:
    service = Service(archive, max_batch_bytes=limit)
    fields = {"mode": "positions", "table": TABLE, "form": "fits"}
    plan, status = dry_run(service, **fields), service.run(service.submit(**fields))
    assert plan["rows"] == status.rows.total == 3
    assert plan["images"] == status.images.retrieved + status.images.over_limit
    assert plan["bytes"] == status.bytes + (status.unretrieved.bytes if status.unretrieved else 0)
    assert plan["parts"] == max(1, status.chain.parts or 0)
    assert plan["by_outcome"] == {code: rows for code, rows in status.rows.by_outcome().items() if rows}


def test_what_takes_long_to_count_is_refused_where_a_batch_is_not(
    archive: MadeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MAX_COUNTED_IMAGES", 5)
    service, fields = Service(archive), {"mode": "positions", "table": TABLE}
    with pytest.raises(TooLarge, match=r"counted here; a batch may have 100,000"):
        dry_run(service, **fields)
    assert service.run(service.submit(**fields)).state == "complete"
    with pytest.raises(TooLarge) as caught:
        dry_run(Service(archive, max_images=4), **fields)
    assert "counted here" not in caught.value.detail


def test_images_are_counted_by_band(archive: MadeArchive) -> None:
    plan = dry_run(Service(archive), mode="coadd_keys", table="coadd_key,band\n1001,J\n1002,A\n")
    assert list(plan["by_band"].items()) == [("J", 2), ("H", 1), ("K", 1)]
    assert (plan["crops"], plan["cut_at_edge"]) == (0, 0)


@pytest.mark.parametrize(("form", "told"), [("fz", True), ("fits", False), ("fits.gz", False)])
def test_images_that_are_not_stored_in_the_form_asked_for_are_told(
    archive: MadeArchive, form: str, told: bool
) -> None:
    """By the dry run, by the plan and by the batch that ran, alike."""
    service = Service(archive)
    fields = {"mode": "coadd_keys", "table": "coadd_key,band\n1001,J\n1002,A\n", "form": form}
    notices, status = dry_run(service, **fields)["notices"], service.run(service.submit(**fields))
    assert list(status.notices) == notices
    assert [("4" in notice and "fits.gz" in notice) for notice in notices] == [True] * told


def test_crops_are_plain_whatever_form_is_asked_for(archive: MadeArchive) -> None:
    fields = {"mode": "positions", "table": "ra,dec,size\n180,20,30\n", "form": "fz"}
    assert dry_run(Service(archive), **fields)["notices"] == []
