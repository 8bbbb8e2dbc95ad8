"""Every page in every state, made of the batches of `batch_samples`.

``python -m tests.support.batches.page_samples`` writes each below build/pages, to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from skybatch import pages
from skybatch.batch.delivery.previews import Look
from skybatch.batch.results.target_choice import TargetChoice
from skybatch.errors import InvalidRequest
from skybatch.pages.examples import EXAMPLES
from skybatch.pages.form_values import FormValues
from skybatch.pages.help import TOPICS
from skybatch.settings import Settings
from tests.support.batches.batch_samples import (
    EVIL,
    NOW,
    files,
    images,
    mixed,
    nothing,
    region_request,
    status,
    targets,
)

PAGES: dict[str, Callable[[], str]] = {
    "accepted": lambda: pages.running_page(status("accepted", progress={}, rows={}, images={}), now=NOW),
    "working": lambda: pages.running_page(status("working"), images(40), after="2", now=NOW),
    "complete": lambda: pages.results_page(status(files=files("images", "rows")), targets(833)),
    "table": lambda: pages.results_page(mixed(), targets(833), TargetChoice(view="table", sort="-size")),
    "chosen": lambda: pages.results_page(mixed(), targets(60), TargetChoice(outcome="partial", find="t")),
    "mixed": lambda: pages.results_page(mixed(), targets(833)),
    "nothing": lambda: pages.results_page(nothing()),
    "failed": lambda: pages.results_page(
        status("failed", reason="too_large: the request matches 214,000 images, the limit is 100,000")
    ),
    "cancelled": lambda: pages.results_page(
        status(
            "cancelled",
            rows={"total": 2500, "retrieved": 900, "cancelled": 1600},
            files=files("images", "rows"),
        ),
        targets(10),
    ),
    "quicklooks": lambda: pages.results_page(
        status(
            request=region_request(image_type="quicklook"),
            label="M 83 finding charts",
            rows={"total": 1, "retrieved": 1},
            images={"retrieved": 12, "over_limit": 0, "failed": 0},
            bytes=12_700_800,
            files=files("images", "rows"),
        ),
        targets(4),
    ),
    "hostile": lambda: pages.results_page(
        mixed(label=EVIL * 20, notices=[EVIL]), targets(15, id=EVIL, given_id=EVIL, name=EVIL)
    ),
    "view": lambda: pages.view_page(status(), targets(40), FILE, TargetChoice(edge="cut"), Look("linear")),
    "view-colour": lambda: pages.view_page(
        status(), targets(3), "0002_t2_001114n_jhk0460033.fits", TargetChoice(), Look()
    ),
}
FILE = "0010_t10_001114n_h0460033.fits"
PAGES |= {"help": lambda: pages.help_page("", Settings())}
PAGES |= {f"help-{topic}": partial(pages.help_page, topic, Settings()) for topic in TOPICS}
PAGES |= {f"form-{mode}": partial(pages.form_page, Settings(), example=mode) for mode in EXAMPLES}
BAD_CELLS = [
    {"line": 4, "row": 1, "column": "ra", "value": "400", "rule": "must lie between 0 and 360 degrees"},
    {"line": 6, "row": 3, "column": "best", "value": "maybe", "rule": "must be y or n"},
]
BAD_FIELDS = [
    {"line": None, "row": None, "column": "email", "value": "me", "rule": "must be one e-mail address"},
    {"line": None, "row": None, "column": "mode", "value": "all", "rule": "must be one of five"},
]
PROBLEM = InvalidRequest("2 values are not valid; the first: line 4, row 1, ra '400'.").problem()
PAGES |= {
    "form-problem": lambda: pages.form_page(
        Settings(mail_from="sky@example.org"),
        values=FormValues(
            {
                "mode": "positions",
                "email": "me",
                "table": EXAMPLES["positions"]["table"],
                "bands": ["J", "Ks"],
            }
        ),
        problem={**PROBLEM, "errors": BAD_CELLS + BAD_FIELDS},
    ),
    "form-plan": lambda: pages.form_page(Settings(), example="positions", plan=PLAN),
    "error": lambda: pages.error_page({**PROBLEM, "errors": BAD_CELLS}),
    "not-found": pages.not_found_page,
}
PLAN: dict[str, Any] = {
    "rows": 2500,
    "images": 7236,
    "bytes": 2_612_000_000,
    "parts": 3,
    "by_outcome": {"retrieved": 2412, "not_covered": 70, "unresolved": 18},
    "by_band": {"j": 2412, "h": 2412, "k": 2412},
    "notices": ["18 names are not resolved yet; they are counted as such."],
}


def write(folder: Path) -> None:
    """Every sample page as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / f"{name}.html").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path("build/pages"))
