"""Blocks and cards, the units that FITS files are made of (FITS standard 4.0, sections 3.1 and 4.1)."""

from __future__ import annotations

BLOCK_BYTES = 2880
CARD_BYTES = 80


def padded(length: int) -> int:
    """Return ``length`` bytes rounded up to whole FITS blocks."""
    return -(-length // BLOCK_BYTES) * BLOCK_BYTES


def header_blocks(cards: int) -> int:
    """Return the blocks that a header of so many cards takes, END among them not counted."""
    return padded((cards + 1) * CARD_BYTES) // BLOCK_BYTES
