"""Output of the commands: text or JSON on standard output, errors on standard error, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from skybatch.errors import CellError, SkybatchError

if TYPE_CHECKING:
    from skybatch.client import BatchStatus, Download, Plan

SHOWN_PROBLEMS = 20
COMPLETE, FAILED, USAGE, INCOMPLETE, REJECTED, RETRY_LATER, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
EXIT_CODES = """\
exit codes:
  0    complete: every image that exists for the request was delivered
  1    the batch failed, check found errors, or a file could not be fetched or written locally
  2    wrong usage, or an input file does not exist
  3    complete, but images are missing: beyond the limit, failed, cancelled, or of an unknown object name
  4    rejected: the request must be corrected, or the batch does not exist or has expired
  5    the server could not be reached or was busy at every attempt; the same command may succeed later
  130  stopped by Ctrl-C; the same command continues where it stopped"""
ERRORS_SHOWN = 20
UNITS = ("B", "kB", "MB", "GB", "TB")


def exit_code(error: SkybatchError) -> int:
    """Return the exit code of a command that an error ends."""
    if error.retryable:
        return RETRY_LATER
    return REJECTED if 400 <= error.status < 500 else FAILED


def status_exit_code(status: BatchStatus) -> int:
    """Return the exit code of an ended batch: whether any image is missing."""
    return COMPLETE if status.retrieved_all else INCOMPLETE


def print_error(error: SkybatchError, as_json: bool) -> None:
    """Print an error on standard error: a problem document (RFC 9457), or a line for each invalid value."""
    if as_json:
        print(json.dumps(error.problem(), ensure_ascii=False), file=sys.stderr)
        return
    if len(error.errors) < 2:
        print(f"skybatch: {error.detail}", file=sys.stderr)
        return
    # The detail repeats the first errors, each of which is a line of its own here.
    repeats = any(cell.sentence()[1:] in error.detail for cell in error.errors[:1])
    print(f"skybatch: {error.title if repeats else error.detail}", file=sys.stderr)
    print_cell_errors(error.errors)


def print_cell_errors(cells: Sequence[CellError]) -> None:
    """Print a line for each invalid value on standard error."""
    for cell in cells[:ERRORS_SHOWN]:
        print(f"  {cell.sentence()}", file=sys.stderr)
    if len(cells) > ERRORS_SHOWN:
        print(f"  and {len(cells) - ERRORS_SHOWN} more", file=sys.stderr)


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output."""
    print(json.dumps(value, indent=1, ensure_ascii=False))


def print_notices(notices: Sequence[str]) -> None:
    """Print the server's notices on standard error."""
    for notice in notices:
        print(f"notice: {notice}", file=sys.stderr)


def format_bytes(count: float) -> str:
    """Format a number of bytes with a decimal unit."""
    for unit in UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {UNITS[-1]}"


def plan_text(plan: Plan) -> str:
    """Format a plan as text."""
    bands = ", ".join(f"{count} in {band}" for band, count in plan.by_band.items())
    lines = [
        f"{plan.rows} rows, {plan.images} images ({bands or 'none'}), {format_bytes(plan.bytes)}",
        "rows: " + format_counts(plan.by_outcome),
    ]
    for survey, part in plan.by_survey.items():
        rows = format_counts(part["by_outcome"])
        lines.append(f"  {survey}: {part['images']} images, {format_bytes(part['bytes'])}; rows: {rows}")
    if plan.cut_at_edge:
        lines.append(edge_text(plan.cut_at_edge, plan.crops))
    if plan.parts > 1:
        lines.append(f"more than one batch can hold: {plan.parts} parts (see --all-parts)")
    return "\n".join(lines)


def status_text(status: BatchStatus) -> str:
    """Format a status as text: for an ended batch the sentences of its page, then the reasons by outcome."""
    name = f"{status.batch_id} ({status.label})" if status.label else status.batch_id
    if not status.ended:
        return f"{name}: {running_text(status)}"
    from skybatch.presentation.failure import failure_sentence
    from skybatch.presentation.summary import part_of_chain, summary_sentences

    part = part_of_chain(status)
    lines = [f"{name}: {status.state}{f', {part}' if part else ''}", summary_sentences(status)]
    lines.append("rows: " + format_counts(status.rows.by_outcome()))
    lines += [*survey_lines(status), *reason_lines(status)]
    if status.reason:
        lines.append(failure_sentence(status))
    if status.left_over:
        lines.append("skybatch resubmit retrieves the rest, as does --all-parts of a download")
    return "\n".join(lines)


def edge_text(cut: int, crops: int) -> str:
    """Format the number of crops that reach beyond their image."""
    return f"crops that reach beyond their image: {cut} of {crops}"


def reason_lines(status: BatchStatus) -> list[str]:
    """List why rows lack images, a line for each outcome and reason."""
    from skybatch.presentation.outcomes import outcome_lines

    return [f"  {line.title}: {reason}" for line in outcome_lines(status) for reason in line.reasons]


def running_text(status: BatchStatus) -> str:
    """Format the progress of a running batch as one line."""
    progress = status.progress
    text = status.state
    if progress.tasks:
        text += f", {progress.done} of {progress.tasks} images"
    return f"{text}, {progress.failed} failed" if progress.failed else text


def format_counts(counts: Mapping[str, int]) -> str:
    """Format the counts that are not zero."""
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count) or "none"


def download_text(part: Download) -> str:
    """Format what was downloaded of one batch as text, with what the batch lacks."""
    from skybatch.presentation.summary import summary_sentences

    status = part.status
    count = len(part.images)
    text = f"{count:,} {'image' if count == 1 else 'images'} ({format_bytes(status.bytes)})"
    lines = [f"{text} in {part.directory}, all verified"]
    rows = format_counts({**status.rows.by_outcome(), "retrieved": 0})
    if rows != "none" or status.absent or not status.retrieved_all:
        lines += [summary_sentences(status), f"rows: {format_counts(status.rows.by_outcome())}"]
    return "\n".join([*lines, *survey_lines(status), *reason_lines(status)])


def survey_lines(status: BatchStatus) -> list[str]:
    """List what came of each of several surveys, a line for each."""
    return [
        f"  {survey}: {counts.images.retrieved:,} images ({format_bytes(counts.bytes)});"
        f" rows: {format_counts(counts.rows.by_outcome())}"
        for survey, counts in (status.surveys or {}).items()
    ]


def download_json(parts: Sequence[Download]) -> dict[str, Any]:
    """Return what was downloaded as a JSON object."""
    return {
        "parts": [
            {
                "batch_id": part.batch_id,
                "directory": str(part.directory),
                "images": len(part.images),
                "bytes": part.status.bytes,
                "status": part.status.to_json(),
            }
            for part in parts
        ]
    }


def print_report(text: str, problems: Sequence[object]) -> int:
    """Print what was done and what was skipped; return exit code 1 where anything was."""
    print(text)
    for problem in problems[:SHOWN_PROBLEMS]:
        print(f"skipped {problem}", file=sys.stderr)
    if len(problems) > SHOWN_PROBLEMS:
        print(f"… and {len(problems) - SHOWN_PROBLEMS} more", file=sys.stderr)
    if problems:
        print(f"{_skipped(len(problems))} skipped", file=sys.stderr)
    return 1 if problems else 0


def _skipped(count: int) -> str:
    return "1 file or image was" if count == 1 else f"{count} files or images were"


def inventory_text(report: Any) -> str:
    """Return what was published, in words."""
    text = (
        f"inventory {report.version}: {report.sets} image sets, {report.images} images stored, "
        f"{report.quicklooks} Quicklooks"
    )
    if report.numbered:
        text += (
            f"\n{report.numbered} image sets have our own numbers as coadd keys: headers contain none. "
            "Use `skybatch archive import` with the archive's metadata tables for the survey's own keys."
        )
    return text
