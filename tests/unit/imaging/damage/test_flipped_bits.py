"""One flipped bit of a stored image is noticed, or falls into a class that docs/reliability.md names."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from skybatch.errors import SourceDamaged, SourceDiffers, SourceUnsupported

NOTICED = {error.code for error in (SourceDamaged, SourceDiffers, SourceUnsupported)}
# Outcomes that each form may have besides being noticed. A Quicklook's stream has no checksum at all, and one
# of its bits stands for many pixels.
UNNOTICED = {
    "gzip": {"same"},
    "tiles": {"same"},
    "plain": {"same", "pixel", "card"},
    "Quicklook": {"same", "pixel", "card", "other"},
    "Quicklook tiles": {"same", "pixel", "card", "other"},
}


def assert_noticed_or_documented(places: int) -> None:
    command = [sys.executable, "-m", "tests.support.images.flipped_bits", str(places)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    outcomes = json.loads(run.stdout)
    assert set(outcomes) == set(UNNOTICED)
    for form, by_file in outcomes.items():
        for delivered, counts in by_file.items():
            assert sum(counts.values()) == places
            assert set(counts) <= NOTICED | UNNOTICED[form], (form, delivered, counts)


def test_a_flipped_bit_is_noticed_or_documented() -> None:
    assert_noticed_or_documented(places=60)


@pytest.mark.soak
def test_two_thousand_flipped_bits_are_noticed_or_documented() -> None:
    assert_noticed_or_documented(places=2000)
