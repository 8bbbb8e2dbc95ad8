"""Figures, dates and other people's words, as they are written for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.presentation import formatting


@pytest.mark.parametrize(
    ("octets", "written"),
    [
        *[(None, "0 bytes"), (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB")],
        *[(23_040, "23 kB"), (1_540_000, "1.54 MB"), (2_111_040, "2.11 MB"), (612_345_678, "612 MB")],
        *[(999_499_999, "999 MB"), (999_500_000, "1 GB"), (1_000_000_000, "1 GB"), (5e15, "5e+03 TB")],
    ],
)
def test_sizes_are_decimal_and_of_three_figures(octets: float | None, written: str) -> None:
    assert formatting.size(octets) == written


def test_counts_agree_with_their_noun() -> None:
    assert [formatting.count(n, "image") for n in (None, 0, 1, 2, 2500)] == [
        *("no images", "no images", "1 image", "2 images", "2,500 images")
    ]
    assert formatting.count(2, "coadd key", "coadd keys") == "2 coadd keys"


@pytest.mark.parametrize(
    "moment", ["2026-12-04T14:05:00Z", "2026-12-04T16:05:00+02:00", "2026-12-04T14:05:00", 1_796_393_100.0]
)
def test_times_are_told_in_utc(moment: str | float) -> None:
    assert formatting.date_time(moment) == "4 December 2026, 14:05 UTC"
    assert formatting.date(moment) == "4 December 2026"


@pytest.mark.parametrize("moment", [None, "", "tomorrow"])
def test_no_time_is_told_as_nothing(moment: str | None) -> None:
    assert formatting.date_time(moment) == ""


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (0.2, "1 second"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (5300, "88 minutes"),
        (4800 * 2, "2 hours 40 minutes"),
    ],
)
def test_durations_are_rounded_as_one_would_say_them(seconds: float, spoken: str) -> None:
    assert formatting.duration(seconds) == spoken


@given(st.text("abc Jx-+_ 019é🔭", max_size=100))
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert formatting.unlinked(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("http://evil.example", "http[://]evil[.]example"),
        ("WWW.Evil.Example/x", "WWW[.]Evil[.]Example/x"),
        ("mail me@evil.org", "mail me[@]evil[.]org"),
        ("z = 1.5, v2.1 at 12.30", "z = 1.5, v2.1 at 12.30"),
        ("my.targets.tbl, a.fits.gz, x.dat.com", "my[.]targets.tbl, a.fits.gz, x.dat[.]com"),
        ("etc. and so on", "etc. and so on"),
    ],
)
def test_nothing_typed_becomes_a_link_in_a_mail_program(typed: str, shown: str) -> None:
    assert formatting.unlinked(typed) == shown
