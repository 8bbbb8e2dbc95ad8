"""Values of cards by keyword."""

from __future__ import annotations

import pytest

from skybatch.errors import SourceDamaged
from skybatch.fits.keyed_cards import KeyedCards


def keyed(*cards: str) -> KeyedCards:
    return KeyedCards("".join(card.ljust(80) for card in cards).encode())


def test_the_first_card_of_a_keyword_has_its_value() -> None:
    cards = keyed("A       = 1", "B       = 'two'", "A       = 3", "C       =", "COMMENT D = 4")
    assert [cards.get(name) for name in "ABCD"] == [1, "two", None, None]


def test_a_keyword_is_all_of_its_columns() -> None:
    cards = keyed("NAXIS1  = 1", "NAXIS   = 2")
    assert (cards.get("NAXIS"), cards.get("NAXIS1"), cards.get("NAXIS2")) == (2, 1, None)


def test_what_is_no_value_is_damage() -> None:
    with pytest.raises(SourceDamaged, match="no value"):
        keyed("A       = 1_0").get("A")
