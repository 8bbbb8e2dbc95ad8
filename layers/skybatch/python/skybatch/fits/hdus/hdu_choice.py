"""Which HDU of a file is wanted; apart from what finds it, which a plan is read without."""

from __future__ import annotations

HduChoice = int | str
"""Its number, counted from 0, or its EXTNAME."""
FIRST_IMAGE: HduChoice = ""
"""Neither a number nor a name: the first HDU that holds an image."""
