"""Text that other people typed: shown on one bounded line of visible characters."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from skybatch.plain_text import join_words, plain


@given(st.text(st.characters(), max_size=500), st.integers(2, 300))
def test_plain_text_is_one_bounded_line_of_visible_characters(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert shown == " ".join(shown.split())
    assert all(c == "\u200d" or unicodedata.category(c)[0] != "C" for c in shown)
    shown.encode("utf-8")


@given(st.text("abc Jx-+_ 019é🔭", max_size=100))
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert plain(text) == " ".join(text.split())


def test_listings_read_as_english() -> None:
    assert join_words([]) == ""
    assert join_words(["J"]) == "J"
    assert join_words(["J", "H", "Ks"]) == "J, H and Ks"
