"""What a function imports on a cold start, which every first request waits for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.batches.template import ROOT

SLOW = {"astropy", "boto3", "lark", "matplotlib"}
PAGES = {"jinja2"}
PACKAGING = {"skybatch.batch.results.packager", "skybatch.presentation.texts_for_people"}
PLANNING = {"skybatch.batch.submission.submit", "skybatch.batch.planning.planner"}
VALIDATION = {"pydantic"}
BUNDLES = {"skybatch.batch.delivery.image_places", "skybatch.batch.delivery.single_images"}
DESCRIPTIONS = "skybatch.surveys.description"


def imported_by(function: str) -> set[str]:
    code = f"import sys; sys.path.insert(0, 'functions/{function}'); import app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("function", "unwanted"),
    [
        ("search", SLOW | PAGES | PLANNING | VALIDATION | BUNDLES | {"urllib3"}),
        ("portal", SLOW | PLANNING | VALIDATION),
        ("planner", SLOW | PAGES | PACKAGING),
        ("worker", SLOW | PAGES | PLANNING | VALIDATION | {"numpy", "tomllib", DESCRIPTIONS}),
        ("collector", SLOW | PAGES | VALIDATION),
        ("notifier", SLOW | VALIDATION | {"numpy"}),
    ],
)
def test_a_function_does_not_import_what_its_fast_paths_do_not_need(
    function: str, unwanted: set[str]
) -> None:
    modules = imported_by(function)
    assert "skybatch.settings" in modules
    assert not unwanted & modules
