"""What a command tells: text or JSON on standard output, errors on standard error, an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from skybatch.errors import SkybatchError

if TYPE_CHECKING:
    from skybatch.client import Download, Plan, Status

DONE, FAILED, WANTING, REFUSED, LATER, STOPPED = 0, 1, 3, 4, 5, 130
EXIT_CODES = """\
exit codes:
  0    done, and every image that exists for the request came
  1    the batch failed, or a file could not be fetched right, or a local file not be written
  2    wrong usage
  3    done, but images are wanting: beyond the limit, failed, cancelled, or of a name nobody knows
  4    refused: the request must be mended, or there is no such batch (any more)
  5    the server could not be reached or was busy to the last try; the same command may pass later
  130  stopped by Ctrl-C; the same command goes on where it was"""
ERRORS_SHOWN = 20
UNITS = ("B", "kB", "MB", "GB", "TB")


def exit_code(error: SkybatchError) -> int:
    """The exit code that an error ends a command with."""
    if error.retryable:
        return LATER
    return REFUSED if 400 <= error.status < 500 else FAILED


def of_status(status: Status) -> int:
    """The exit code of a batch that ended: whether anything of it is wanting."""
    return DONE if status.whole else WANTING


def print_error(error: SkybatchError, as_json: bool) -> None:
    """An error on standard error: as a problem (RFC 9457), or a line for each bad value."""
    if as_json:
        print(json.dumps(error.problem(), ensure_ascii=False), file=sys.stderr)
        return
    print(f"skybatch: {error.detail}", file=sys.stderr)
    shown = error.errors[:ERRORS_SHOWN] if len(error.errors) > 1 else ()  # one is told by the detail
    for cell in shown:
        print(f"  {cell.sentence()}", file=sys.stderr)
    if len(error.errors) > ERRORS_SHOWN:
        print(f"  and {len(error.errors) - ERRORS_SHOWN} more", file=sys.stderr)


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    print(json.dumps(value, indent=1, ensure_ascii=False))


def print_notices(notices: Sequence[str]) -> None:
    """The server's notices, on standard error."""
    for notice in notices:
        print(f"notice: {notice}", file=sys.stderr)


def size(count: float) -> str:
    """A number of bytes for people."""
    for unit in UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {UNITS[-1]}"


def plan_text(plan: Plan) -> str:
    """A plan for people."""
    bands = ", ".join(f"{count} in {band}" for band, count in plan.by_band.items())
    lines = [
        f"{plan.rows} rows, {plan.images} images ({bands or 'none'}), {size(plan.bytes)}",
        "rows: " + counted(plan.by_outcome),
    ]
    if plan.parts > 1:
        lines.append(f"more than one batch may hold: {plan.parts} parts (see --all-parts)")
    return "\n".join(lines)


def status_text(status: Status) -> str:
    """A status for people."""
    name = f"{status.batch_id} ({status.label})" if status.label else status.batch_id
    if not status.ended:
        return f"{name}: {running_text(status)}"
    lines = [f"{name}: {status.state}, {status.images.get('retrieved', 0)} images, {size(status.bytes)}"]
    lines.append("rows: " + counted({k: v for k, v in status.rows.items() if k != "total"}))
    if status.reason:
        lines.append(status.reason)
    if status.left_over:
        lines.append(
            f"{status.left_over} images are beyond the limit of a batch: skybatch resubmit, or --all-parts"
        )
    return "\n".join(lines)


def running_text(status: Status) -> str:
    """One line on a batch under way."""
    tasks, done = status.progress.get("tasks", 0), status.progress.get("done", 0)
    failed = status.progress.get("failed", 0)
    text = status.state if not tasks else f"{status.state}, {done} of {tasks} images"
    return f"{text}, {failed} failed" if failed else text


def counted(counts: Mapping[str, int]) -> str:
    """Counts that are not zero."""
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count) or "none"


def download_text(part: Download) -> str:
    """What came of one batch, for people."""
    status = part.status
    text = f"{len(part.images)} images ({size(status.bytes)}) in {part.directory}, all verified"
    rows = counted({k: v for k, v in status.rows.items() if k not in ("total", "retrieved")})
    return text if rows == "none" else f"{text}; rows: {rows}"


def download_json(parts: Sequence[Download]) -> dict[str, Any]:
    """What came, for programs."""
    return {
        "parts": [
            {
                "batch_id": part.batch_id,
                "directory": str(part.directory),
                "images": len(part.images),
                "bytes": part.status.bytes,
                "status": dict(part.status.answer),
            }
            for part in parts
        ]
    }
