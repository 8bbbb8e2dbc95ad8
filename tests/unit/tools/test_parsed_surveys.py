"""The packaged descriptions as JSON: what the TOML says, and the same survey."""

from __future__ import annotations

import subprocess
import sys

import pytest

from skybatch.surveys.catalogue import parsed_file
from tests.support.batches.template import ROOT
from tools.parsed_surveys import PARSED, parsed

READS = """
import sys
from skybatch.surveys.catalogue import packaged_survey
packaged_survey()
sys.exit("tomllib" in sys.modules)
"""


@pytest.mark.parametrize("survey", PARSED)
def test_they_are_current(survey: str) -> None:
    """``python -m tools.parsed_surveys`` writes them."""
    assert parsed_file(survey).read_text("utf-8") == parsed(survey)


def test_the_default_survey_needs_no_reader_of_toml() -> None:
    layer = ROOT / "layers/skybatch/python"
    done = subprocess.run([sys.executable, "-c", READS], env={"PYTHONPATH": str(layer)}, check=False)
    assert done.returncode == 0
