"""Values of columns in the shortest form that holds them: whole numbers, and text as codes of its words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Text of more different values is kept as it is.
MAX_WORDS = 1 << 16
# As much longer may it be as codes: they are compared word by word, not row by row.
WORDS_BYTES = 1024


def coded(name: str, text: NDArray[np.bytes_]) -> dict[str, NDArray[Any]]:
    """Return text as codes into its words, or as it is where that is shorter."""
    words, codes = np.unique(text, return_inverse=True)
    small = codes.astype(np.min_scalar_type(max(len(words) - 1, 0)))
    if len(words) > MAX_WORDS or small.nbytes + words.nbytes > text.nbytes + WORDS_BYTES:
        return {name: text if text.dtype.itemsize else text.astype("S1")}
    return {name: small, f"{name}.words": words if words.dtype.itemsize else words.astype("S1")}


def shortest(values: Any) -> NDArray[Any]:
    """Return whole numbers in the shortest type that holds them."""
    numbers = np.asarray(values)
    least, most = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    return numbers.astype(np.result_type(np.min_scalar_type(least), np.min_scalar_type(most)))
