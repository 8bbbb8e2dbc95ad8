"""One batch over several surveys: planned, worked, told and posted back as one."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator

import pytest
from astropy.io.votable import parse_single_table
from astropy.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skybatch.batch.codes import Remainder
from skybatch.batch.submission.submit import AcceptedBatch
from skybatch.status import BatchStatus
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.two_surveys import BOTH, ROWS, TwoSurveys, two_surveys


@pytest.fixture(scope="module")
def archive() -> Iterator[TwoSurveys]:
    with two_surveys() as made:
        yield made


@pytest.fixture(scope="module")
def batch(archive: TwoSurveys) -> tuple[Service, AcceptedBatch, BatchStatus]:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=ROWS, survey=BOTH)
    return service, accepted, service.run(accepted)


def table_of(service: Service, accepted: AcceptedBatch, name: str) -> Table:
    body = service.file(accepted, name)
    if name.endswith(".xml"):
        return parse_single_table(io.BytesIO(body)).to_table()
    formats = {"tbl": "ascii.ipac", "csv": "ascii.csv"}
    return Table.read(body.decode(), format=formats[name.rpartition(".")[2]])


def check_sums(status: BatchStatus) -> None:
    assert sum(status.rows.by_outcome().values()) == status.rows.total
    assert status.surveys is not None
    counts = list(status.surveys.values())
    for each in counts:
        assert each.rows.total == status.rows.total
        assert sum(each.rows.by_outcome().values()) == status.rows.total
    assert sum(each.bytes for each in counts) == status.bytes
    for name in ("retrieved", "over_limit", "failed", "cancelled", "crops", "cut_at_edge"):
        assert sum(getattr(each.images, name) for each in counts) == getattr(status.images, name)


def test_a_row_has_one_outcome_over_all_surveys(batch: tuple[Service, AcceptedBatch, BatchStatus]) -> None:
    service, accepted, status = batch
    assert (status.state, status.rows.retrieved, status.rows.not_covered) == ("complete", 4, 1)
    assert list(status.surveys or {}) == BOTH
    check_sums(status)
    rows = table_of(service, accepted, "rows.tbl")
    assert list(rows["outcome"]) == ["retrieved"] * 4 + ["not_covered"]
    covered = {"2mass": (1, 1, 0, 1, 0), "wide": (1, 1, 1, 0, 0)}
    words = ["not_covered", "retrieved"]
    assert list(rows["in_2mass_asky"]) == [words[each] for each in covered["2mass"]]
    assert list(rows["in_wide"]) == [words[each] for each in covered["wide"]]
    assert set(rows["band"]) == {"J,H,K,W1,W2,W3"}


def test_images_of_a_row_stand_together(batch: tuple[Service, AcceptedBatch, BatchStatus]) -> None:
    service, accepted, status = batch
    files = list(images_of(service.file(accepted, "images.tar")))
    assert len(files) == status.images.retrieved
    table = table_of(service, accepted, "images.tbl")
    assert list(table["scntr"]) == sorted(table["scntr"])
    assert any("_wide_" in file for file in files)
    manifest = json.loads(service.file(accepted, "manifest.json"))
    assert Counter(image["survey"] for image in manifest["images"]) == Counter(
        {survey: counts.images.retrieved for survey, counts in (status.surveys or {}).items()}
    )


@pytest.mark.parametrize("suffix", ["tbl", "xml", "csv"])
def test_the_common_table_has_what_all_surveys_have(
    batch: tuple[Service, AcceptedBatch, BatchStatus], suffix: str
) -> None:
    service, accepted, status = batch
    table = table_of(service, accepted, f"images.{suffix}")
    assert len(table) == status.images.retrieved
    assert set(table["survey"]) == set(BOTH)
    assert {"image_id", "band", "ra", "ra1", "dec4", "naxis1", "pixel_scale", "req_ra"} <= set(table.colnames)
    assert not {"coadd_key", "magzp", "tile"} & set(table.colnames)
    scales = {str(row["survey"]): round(float(row["pixel_scale"]), 3) for row in table}
    assert scales == {"2mass-asky": 1.0, "wide": 1.375}
    ids = {str(row["survey"]): str(row["image_id"]) for row in table}
    assert ids["2mass-asky"].startswith("990101n")


@pytest.mark.parametrize("suffix", ["tbl", "xml", "csv"])
def test_each_survey_has_a_table_of_its_own(
    batch: tuple[Service, AcceptedBatch, BatchStatus], suffix: str
) -> None:
    service, accepted, status = batch
    for survey, own in (("2mass-asky", "coadd_key"), ("wide", "magzp")):
        table = table_of(service, accepted, f"images_{survey}.{suffix}")
        assert (status.surveys or {})[survey].images.retrieved == len(table)
        assert {"survey", "image_id", own} <= set(table.colnames)


def test_a_chain_at_a_small_limit_gives_exactly_the_whole(
    archive: TwoSurveys, batch: tuple[Service, AcceptedBatch, BatchStatus]
) -> None:
    whole = images_of(batch[0].file(batch[1], "images.tar"))
    service = Service(archive, max_batch_bytes=2_500_000)
    accepted: AcceptedBatch = service.submit(mode="positions", table=ROWS, survey=BOTH)
    found: dict[str, bytes] = {}
    while True:
        status = service.run(accepted)
        check_sums(status)
        part = images_of(service.file(accepted, "images.tar"))
        assert not found.keys() & part.keys()
        found |= part
        if status.unretrieved is None:
            break
        accepted = service.submitter.resubmit(accepted.record.batch_id, Remainder.UNRETRIEVED)
    assert found == whole
    assert accepted.record.part > 1


@pytest.mark.parametrize("mode", ["image_ids", "coadd_keys"])
@pytest.mark.parametrize("suffix", ["tbl", "xml", "csv"])
def test_the_rest_is_posted_back_by_hand_in_either_mode(archive: TwoSurveys, mode: str, suffix: str) -> None:
    service = Service(archive, max_batch_bytes=2_500_000)
    accepted = service.submit(mode="positions", table=ROWS, survey=BOTH)
    first = service.run(accepted)
    left = service.file(accepted, f"unretrieved.{suffix}").decode()
    service.settings = Service(archive).settings
    service.submitter = Service(archive, service.objects).submitter
    again = service.submit(mode=mode, table=left)
    assert again.request.datasets == ("asky", "wide")
    more = service.run(again)
    assert first.unretrieved is not None
    assert more.images.retrieved == first.unretrieved.images


PLACES = ("180.0,20.0,50", "180.01,20.01,", "50.0,50.0,30", "10.0,-89.9,40", "90.0,10.0,50", "180.0,20.25,20")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.sampled_from(PLACES), min_size=1, max_size=5),
    surveys=st.sampled_from([BOTH, BOTH[::-1]]),
    bands=st.sampled_from([None, ["J", "W1"], ["all"]]),
    best=st.booleans(),
    limit=st.sampled_from([60_000, 700_000, 10**9]),
)
def test_whatever_is_asked_each_row_is_accounted_for_once(
    archive: TwoSurveys,
    rows: list[str],
    surveys: list[str],
    bands: list[str] | None,
    best: bool,
    limit: int,
) -> None:
    service = Service(archive, max_batch_bytes=limit)
    table = "\n".join(["ra,dec,size", *rows, ""])
    accepted = service.submit(mode="positions", table=table, survey=surveys, bands=bands, best=best)
    status = service.run(accepted)
    check_sums(status)
    assert list(status.surveys or {}) == surveys
    told = table_of(service, accepted, "rows.csv")
    assert len(told) == len(rows)
    counts = Counter(str(outcome) for outcome in told["outcome"])
    assert counts == {name: n for name, n in status.rows.by_outcome().items() if n}
    assert int(sum(told["retrieved"])) == status.images.retrieved
    for column, survey in (("in_2mass_asky", "2mass-asky"), ("in_wide", "wide")):
        of_survey = Counter(str(outcome) for outcome in told[column])
        assert of_survey == {
            name: n for name, n in (status.surveys or {})[survey].rows.by_outcome().items() if n
        }
    for row in told:
        nowhere = {str(row["in_2mass_asky"]), str(row["in_wide"])} == {"not_covered"}
        assert nowhere == (row["outcome"] == "not_covered")
