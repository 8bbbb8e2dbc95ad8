"""Output of the commands: text, JSON, errors and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skybatch import errors
from skybatch.cli.terminal import output
from skybatch.client import (
    BatchFailed,
    BatchStatus,
    Download,
    PackageMissing,
    Plan,
    StillRunning,
    Unreachable,
)
from skybatch.errors import CellError, SkybatchError
from skybatch.presentation.failure import failure_sentence
from skybatch.presentation.outcomes import outcome_lines
from skybatch.presentation.summary import summary_sentences
from skybatch.validation import ErrorCollector
from tests.support.batches import batch_samples
from tests.support.servers.made_batches import MadeBatch

PLAN = {
    "rows": 4,
    "images": 3,
    "bytes": 2_500_000,
    "parts": 1,
    "by_outcome": {"retrieved": 3, "not_covered": 1, "failed": 0},
    "by_band": {"j": 2, "h": 1},
    "notices": [],
}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BatchFailed("x"), 1),
        (PackageMissing("x"), 1),
        (errors.InvalidRequest("x"), 4),
        (errors.NotFound("x"), 4),
        (errors.Expired("x"), 4),
        (errors.TooMany("x"), 5),
        (Unreachable("x"), 5),
        (StillRunning("x"), 5),
    ],
    ids=lambda value: type(value).__name__,
)
def test_exit_codes_say_what_to_do_about_an_error(error: SkybatchError, code: int) -> None:
    assert output.exit_code(error) == code


def test_the_exit_codes_are_those_of_the_help_and_the_documentation() -> None:
    codes = [0, 1, 2, 3, 4, 5, 130]
    listed = [int(line.split()[0]) for line in output.EXIT_CODES.splitlines()[1:]]
    assert listed == codes
    documented = (Path(__file__).parents[4] / "docs" / "client.md").read_text()
    for line in output.EXIT_CODES.splitlines()[1:]:
        code, _, meaning = line.strip().partition(" ")
        assert f"| {code} | {meaning.strip().partition(';')[0].partition(' at every')[0]}" in documented


def test_an_ended_batch_exits_0_only_when_complete() -> None:
    whole = BatchStatus.from_json(MadeBatch({"a.fits": b"a"}).status())
    assert output.status_exit_code(whole) == output.COMPLETE
    cut = BatchStatus.from_json(MadeBatch({"a.fits": b"a"}, left_over=2).status())
    assert output.status_exit_code(cut) == output.INCOMPLETE


def test_crops_that_reach_beyond_their_image_are_counted() -> None:
    plan = Plan.read({**PLAN, "crops": 3, "cut_at_edge": 2})
    assert output.edge_text(2, 3) in output.plan_text(plan).splitlines()
    assert len(output.plan_text(Plan.read(PLAN)).splitlines()) == 2
    answer = MadeBatch({"a.fits": b"a"}).status()
    cut = BatchStatus.from_json({**answer, "images": {"retrieved": 1, "crops": 1, "cut_at_edge": 1}})
    assert summary_sentences(cut) in output.status_text(cut).splitlines()
    assert output.edge_text(1, 1) not in output.status_text(BatchStatus.from_json(answer))


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (2_500_000, "2.5 MB"),
        (10**9, "1.0 GB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_bytes_have_decimal_units(count: int, text: str) -> None:
    assert output.format_bytes(count) == text


def test_counts_leave_out_zeros_and_underscores() -> None:
    assert (
        output.format_counts({"not_covered": 2, "failed": 0, "retrieved": 1}) == "2 not covered, 1 retrieved"
    )
    assert output.format_counts({"failed": 0}) == output.format_counts({}) == "none"


def test_a_plan_shows_its_counts_and_its_parts() -> None:
    text = output.plan_text(Plan.read(PLAN))
    assert text.splitlines() == [
        "4 rows, 3 images (2 in j, 1 in h), 2.5 MB",
        "rows: 3 retrieved, 1 not covered",
    ]
    assert "3 parts" in output.plan_text(Plan.read({**PLAN, "parts": 3}))


def test_a_status_shows_progress_while_it_runs_and_counts_at_its_end() -> None:
    batch = MadeBatch({"a.fits": b"a", "b.fits": b"bb"}, state="working")
    assert "working, 0 of 2 images" in output.status_text(BatchStatus.from_json(batch.status()))
    batch.state, batch.left_over = "complete", 7
    text = output.status_text(BatchStatus.from_json({**batch.status(), "label": "mine"}))
    assert text.splitlines()[0].endswith("(mine): complete, part 1 of about 2")
    assert summary_sentences(BatchStatus.from_json(batch.status())) in text
    batch.state = "failed"
    failed = BatchStatus.from_json(batch.status())
    assert failure_sentence(failed) in output.status_text(failed)


def test_reasons_are_told_in_the_words_of_the_page() -> None:
    status = batch_samples.mixed()
    reasons = [reason for line in outcome_lines(status) for reason in line.reasons]
    assert reasons
    told = output.status_text(status).splitlines()
    assert all(any(line.endswith(reason) for line in told) for reason in reasons)
    part = Download(Path(), status, ())
    assert summary_sentences(status) in output.download_text(part)


def test_a_download_is_one_line_or_one_object(tmp_path: Path) -> None:
    status = BatchStatus.from_json(MadeBatch({"a.fits": b"abc"}).status())
    part = Download(tmp_path, status, (tmp_path / "images" / "a.fits",))
    assert output.download_text(part) == f"1 image (3 B) in {tmp_path}, all verified"
    (entry,) = output.download_json([part])["parts"]
    assert (entry["batch_id"], entry["images"], entry["bytes"]) == (status.batch_id, 1, 3)
    json.dumps(entry)


def test_an_error_is_a_line_for_each_invalid_value(capsys: pytest.CaptureFixture[str]) -> None:
    cells = [CellError("dec", "x", "bad", line=number) for number in range(2, 40)]
    output.print_error(errors.InvalidRequest("38 values.", errors=cells), as_json=False)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "skybatch: 38 values."
    assert lines[1:-1] == [f"  {cell.sentence()}" for cell in cells[: output.ERRORS_SHOWN]]
    assert lines[-1] == f"  and {38 - output.ERRORS_SHOWN} more"


def test_an_error_that_the_detail_begins_with_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    collector = ErrorCollector()
    for row in range(1, 4):
        collector.add("dec", 99, "must lie between -90 and 90 degrees", row + 1, row)
    with pytest.raises(errors.InvalidRequest) as raised:
        collector.raise_if_any()
    output.print_error(raised.value, as_json=False)
    printed = capsys.readouterr().err
    assert [printed.count(f"row {row}") for row in (1, 2, 3)] == [1, 1, 1]


def test_a_single_invalid_value_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    cell = CellError("dec", "x", "bad")
    output.print_error(errors.InvalidRequest(cell.sentence(), errors=[cell]), as_json=False)
    assert capsys.readouterr().err == f"skybatch: {cell.sentence()}\n"


def test_an_error_in_json_is_a_problem_document(capsys: pytest.CaptureFixture[str]) -> None:
    error = errors.InvalidRequest("é", errors=[CellError("dec", "x", "bad")])
    output.print_error(error, as_json=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err) == json.loads(json.dumps(error.problem()))
