"""Files beside an image, told by their names."""

from __future__ import annotations

import pytest

from skybatch.archive.generic.companions import companion_kind


@pytest.mark.parametrize(
    ("stem", "others", "kind"),
    [
        ("c4d_150329_083320_ood_r_ls9", (), "data quality"),
        ("c4d_150329_083320_oow_r_ls9", (), "weight"),
        ("unwise-3460p121-w1-invvar-m", (), "inverse variance"),
        ("a-w1-unc-3", ("a-w1-int-3",), "uncertainty"),
        ("a-w1-cov-3", ("a-w1-int-3",), "coverage"),
        ("m51.weight", ("m51",), "weight"),
        ("weight_m51", ("m51",), "weight"),
        ("m51_WHT", ("m51_SCI", "m51_sci"), "weight"),
        ("m51.weight", ("m52",), None),
        ("mask", (), None),
        ("m51", ("m51.weight",), None),
        ("unwise-3460p121-w1-img-m", ("unwise-3460p121-w1-invvar-m",), None),
        ("flagstaff_sky", ("staff_sky",), None),
    ],
)
def test_a_companion_is_told_by_a_word_of_its_name(
    stem: str, others: tuple[str, ...], kind: str | None
) -> None:
    assert companion_kind(stem, {stem, *others}) == kind
