"""A batch in which everything happens: page, email, tables, command line and client give one account."""

from __future__ import annotations

import html
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from astropy.table import Table

from skybatch.api.routes import batches
from skybatch.cli.terminal import output
from skybatch.client import Download
from skybatch.client.models import read_status
from skybatch.notification.email import completed_message
from skybatch.presentation.outcomes import outcome_lines
from skybatch.presentation.summary import headline, summary_sentences
from tests.support.batches.eventful_batch import (
    ABSENT_IMAGES,
    CROPS,
    CUT_AT_EDGE,
    FAILURES,
    IMAGE_OUTCOMES,
    ROW_OUTCOMES,
    ROWS,
    EventfulBatch,
    eventful_batch,
)
from tests.support.html import Page
from tests.support.servers.http import HttpClient, make_dependencies

READERS: dict[str, Callable[[bytes], Table]] = {
    "tbl": lambda body: Table.read(body.decode(), format="ascii.ipac"),
    "xml": lambda body: Table.read(io.BytesIO(body), format="votable"),
    "csv": lambda body: Table.read(body.decode(), format="ascii.csv"),
}
ASKED = sum(IMAGE_OUTCOMES.values()) + ABSENT_IMAGES


@pytest.fixture(scope="module", params=["clip", "pad"])
def batch(request: pytest.FixtureRequest) -> EventfulBatch:
    return eventful_batch(edge=request.param)


@pytest.fixture(scope="module")
def api(batch: EventfulBatch) -> HttpClient:
    service = batch.service
    return HttpClient(make_dependencies(results=service.objects, clock=lambda: 1200.0), batches.routes)


def numbers(text: str) -> list[int]:
    """The counts in a text, without its sizes."""
    counts = re.findall(r"\d[\d,]*", re.sub(r"[\d.]+ [kMG]?B\b", "", text))
    return [int(found.replace(",", "")) for found in counts]


def one_line(text: str) -> str:
    return " ".join(html.unescape(text).split())


def reasons(batch: EventfulBatch) -> list[str]:
    found = [reason for line in outcome_lines(batch.status) for reason in line.reasons]
    assert len(found) > len(FAILURES)
    return found


def test_the_status_has_what_happened(batch: EventfulBatch) -> None:
    status = batch.status
    assert status.rows.to_json() == ROW_OUTCOMES
    assert status.images.to_json().items() >= IMAGE_OUTCOMES.items()
    assert status.absent is not None
    assert (status.absent.images, status.absent.rows) == (ABSENT_IMAGES, 1)
    assert (status.images.crops, status.images.cut_at_edge) == (CROPS, CUT_AT_EDGE)
    assert status.left_over == IMAGE_OUTCOMES["over_limit"]
    assert ROW_OUTCOMES["total"] == len(ROWS) == sum(status.rows.by_outcome().values())


def test_the_first_sentence_accounts_for_every_image(batch: EventfulBatch) -> None:
    asked, *fates = numbers(summary_sentences(batch.status).split(". ")[0])
    assert asked == sum(fates) == ASKED
    assert fates == [*(n for n in IMAGE_OUTCOMES.values() if n), ABSENT_IMAGES]


def test_crops_over_edges_are_counted_in_the_sentences_and_marked_in_the_table(batch: EventfulBatch) -> None:
    (sentence,) = [s for s in summary_sentences(batch.status).split(". ") if "cut_at_edge" in s]
    assert numbers(sentence) == [CUT_AT_EDGE, CROPS]
    images = READERS["csv"](batch.service.file(batch.accepted, "images.csv"))
    assert Counter(str(mark) for mark in images["cut_at_edge"])["y"] == CUT_AT_EDGE


def test_page_and_email_have_the_same_sentences_and_reasons(batch: EventfulBatch, api: HttpClient) -> None:
    page = one_line(Page(api.get(f"/batches/{batch.batch_id}/results").body.decode()).words)
    message = completed_message(batch.status, "https://sky.example/results")
    assert headline(batch.status) in message.subject
    assert str(IMAGE_OUTCOMES["retrieved"]) in headline(batch.status)
    for text in (page, one_line(message.text), one_line(re.sub("<[^>]+>", "", message.html))):
        for sentence in (summary_sentences(batch.status), *reasons(batch)):
            assert sentence in text
        for line in outcome_lines(batch.status):
            assert re.search(rf"\b{line.rows} {re.escape(line.title)}: {re.escape(line.meaning)}", text)


def test_the_page_lists_every_target_with_its_outcome(batch: EventfulBatch, api: HttpClient) -> None:
    answer = api.get(f"/batches/{batch.batch_id}/results?view=table")
    table = answer.body.decode().partition('<table class="rows">')[2].partition("</table>")[0]
    cells = [cell.text for cell in Page(table).all("td")]
    rows = [cells[at : at + 8] for at in range(0, len(cells), 8)]
    outcomes = [row[3] for row in rows]
    bands = [band for row in rows for band in row[6].split()]
    assert len(bands) == sum(IMAGE_OUTCOMES.values())
    assert sum(not band.startswith("(") for band in bands) == IMAGE_OUTCOMES["retrieved"]
    lines = {line.title: line.rows for line in outcome_lines(batch.status)}
    titles = (next((title for title in lines if words.startswith(title)), words) for words in outcomes)
    assert Counter(titles) == lines
    missing = {"Failed": IMAGE_OUTCOMES["failed"], "beyond the batch's limit": IMAGE_OUTCOMES["over_limit"]}
    for words, images in missing.items():
        assert sum(row[6].count("(") for row in rows if words in row[3]) == images
    assert {row[0] for row in rows} == {str(n) for n in range(1, ROW_OUTCOMES["total"] + 1)}


@pytest.mark.parametrize("fmt", READERS)
def test_tables_have_the_same_counts(batch: EventfulBatch, fmt: str) -> None:
    def table(name: str) -> Table:
        return READERS[fmt](batch.service.file(batch.accepted, f"{name}.{fmt}"))

    assert len(table("images")) == IMAGE_OUTCOMES["retrieved"]
    assert len(table("unretrieved")) == IMAGE_OUTCOMES["over_limit"]
    assert len(table("failed")) == IMAGE_OUTCOMES["failed"]
    rows = table("rows")
    outcomes = Counter(str(outcome) for outcome in rows["outcome"])
    assert {**dict.fromkeys(batch.status.rows.by_outcome(), 0), **outcomes} == batch.status.rows.by_outcome()
    for column in ("retrieved", "over_limit", "failed"):
        assert sum(rows[column]) == IMAGE_OUTCOMES[column]
    assert sum(rows["absent"]) == ABSENT_IMAGES


def test_failures_have_their_codes_and_tables_their_words(batch: EventfulBatch) -> None:
    lines = batch.service.store(batch.batch_id).read_lines("outcomes.jsonl") or []
    assert Counter(line["code"] for line in lines if "code" in line) == FAILURES
    failed = READERS["xml"](batch.service.file(batch.accepted, "failed.xml"))
    told = {each.code: each.rows for each in batch.status.reasons if each.outcome == "failed"}
    assert told == FAILURES
    assert len({str(reason) for reason in failed["reason"]}) == len(FAILURES)


def test_readme_and_manifest_have_the_same_counts(batch: EventfulBatch) -> None:
    readme = batch.service.file(batch.accepted, "README.txt").decode()
    (line,) = [each for each in readme.splitlines() if each.startswith("Images retrieved")]
    came, *others = (int(part.split(":")[1].split()[0]) for part in line.split(";"))
    assert (came, *others[:3]) == (
        IMAGE_OUTCOMES["retrieved"],
        IMAGE_OUTCOMES["over_limit"],
        IMAGE_OUTCOMES["failed"],
        ABSENT_IMAGES,
    )
    manifest: dict[str, Any] = json.loads(batch.service.file(batch.accepted, "manifest.json"))
    assert manifest["counts"].items() >= {name: n for name, n in IMAGE_OUTCOMES.items() if n}.items()
    assert len(manifest["images"]) == IMAGE_OUTCOMES["retrieved"]


def test_client_and_command_line_give_the_same_account(
    batch: EventfulBatch, api: HttpClient, tmp_path: Path
) -> None:
    status = read_status(api.get(f"/batches/{batch.batch_id}").json())
    assert status == batch.status
    told = output.status_text(status)
    assert summary_sentences(status) in told
    assert output.format_counts(status.rows.by_outcome()) in told
    assert all(reason in told for reason in reasons(batch))
    assert output.status_exit_code(status) == output.INCOMPLETE
    for file in status.files:
        (tmp_path / file.name).write_bytes(batch.service.file(batch.accepted, file.name))
    part = Download(tmp_path, status, tuple(tmp_path / str(n) for n in range(IMAGE_OUTCOMES["retrieved"])))
    assert len(part.table("unretrieved")) == IMAGE_OUTCOMES["over_limit"]
    assert len(part.table("rows")) == ROW_OUTCOMES["total"]
    assert summary_sentences(status) in output.download_text(part)


def test_ids_are_those_of_the_request_everywhere(batch: EventfulBatch) -> None:
    given = [row_id for row_id, _, _ in ROWS]
    rows = batch.service.file(batch.accepted, "rows.csv").decode()
    again = batch.service.submit(mode="positions", table=rows)
    assert [row.id for row in again.request.rows] == given
    left = batch.service.submit(
        mode="coadd_keys", table=batch.service.file(batch.accepted, "failed.csv").decode()
    )
    assert {row.id for row in left.request.rows} == {"=broken"}


def test_a_repeated_row_lacks_nothing_anywhere(batch: EventfulBatch) -> None:
    service = batch.service
    accepted = service.submit(mode="coadd_keys", table="coadd_key,band\n1002,J\n1002,J\n")
    status = service.run(accepted)
    assert (status.rows.retrieved, status.rows.duplicate, status.rows.incomplete) == (1, 1, 0)
    assert numbers(summary_sentences(status)) == [1]
    assert output.status_exit_code(status) == output.COMPLETE
    rows = READERS["csv"](service.file(accepted, "rows.csv"))
    assert [str(outcome) for outcome in rows["outcome"]] == ["retrieved", "duplicate"]
    (duplicate,) = [line for line in outcome_lines(status) if line.code == "duplicate"]
    assert f"1  {duplicate.title}" in completed_message(status, "https://sky.example/results").text
