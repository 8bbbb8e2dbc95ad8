"""Something that this archive holds, found by its own image search: what the checks ask for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from skybatch.deployment.findings import Finding, error, ok
from skybatch.deployment.smoke.probe import Answer, Probe

SEARCH = "/sia2/query?RESPONSEFORMAT=csv&MAXREC=1"
CROP_ARCSEC = 30
_LAST_DIGITS = re.compile(r"\d+(?=[^\d/]*\.fits[^/]*$)")


@dataclass(frozen=True)
class Sample:
    """One image of the archive: a position in it (ICRS degrees) and the path of its file."""

    ra: float
    dec: float
    path: str

    def table(self, rows: int = 1, size: float | None = CROP_ARCSEC) -> str:
        """Return a CSV table of positions 0.1 arcsec apart, each a crop, or a whole image for None."""
        head = "ra,dec" + (",size" if size else "")
        tail = f",{size:g}" if size else ""
        return (
            "\n".join([head, *(f"{self.ra:.6f},{self.dec + n * 0.1 / 3600:.6f}{tail}" for n in range(rows))])
            + "\n"
        )

    @property
    def missing_path(self) -> str:
        """The path of an image that is named like this one, with other digits, and is not there."""
        other = _LAST_DIGITS.sub(lambda found: "9" * len(found[0]), self.path)
        return other if other != self.path else re.sub(r"(?<=/)[^/]*$", r"none-\g<0>", self.path)


def find_sample(probe: Probe) -> tuple[Sample | None, list[Finding]]:
    """Ask the image search for one image; None, and why, where it names none."""
    answer = probe.call("GET", SEARCH, label="GET /sia2/query")
    rows = (
        list(csv.DictReader(io.StringIO(answer.body.decode("utf-8", "replace"))))
        if answer.status == 200
        else []
    )
    try:
        row = rows[0]
        sample = Sample(float(row["s_ra"]), float(row["s_dec"]), row["access_url"].removeprefix(probe.server))
    except (IndexError, KeyError, ValueError):
        return None, list(_no_sample(answer))
    return sample, [ok("search", f"an image at {sample.ra:.4f} {sample.dec:+.4f}")]


def _no_sample(answer: Answer) -> Iterator[Finding]:
    yield error(
        "search",
        f"the image search names no image: {answer.summary()}",
        "publish an inventory (skybatch archive index), or see the log of the search function",
    )
