"""A column of text kept as codes into a few words, which are compared instead of the rows."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Comparison = Callable[[Any, Any], Any]


class CodedText:
    """The text ``words[codes]``, (n,); compared with one text or many it gives flags (n,)."""

    __array_ufunc__ = None  # so that numpy leaves comparisons with an array on the left to this class
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, codes: NDArray[np.integer], words: NDArray[np.str_]) -> None:
        self.codes, self.words = codes, words

    def by_word(self, test: Callable[[NDArray[np.str_]], NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Return the flags of a test that looks at each text alone."""
        return np.asarray(test(self.words)[self.codes])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self.words[self.codes], dtype)

    def _compared(self, compare: Comparison, other: Any) -> NDArray[np.bool_]:
        if isinstance(other, CodedText):
            return np.asarray(compare(np.asarray(self), np.asarray(other)))
        if np.ndim(other) == 0:
            return self.by_word(lambda words: np.asarray(compare(words, other)))
        return np.asarray(compare(np.asarray(self), other))

    def __eq__(self, other: object) -> Any:
        return self._compared(operator.eq, other)

    def __ne__(self, other: object) -> Any:
        return self._compared(operator.ne, other)

    def __lt__(self, other: object) -> Any:
        return self._compared(operator.lt, other)

    def __le__(self, other: object) -> Any:
        return self._compared(operator.le, other)

    def __gt__(self, other: object) -> Any:
        return self._compared(operator.gt, other)

    def __ge__(self, other: object) -> Any:
        return self._compared(operator.ge, other)


def distinct(columns: list[NDArray[Any]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the number of each row among the distinct ones of several columns (n,), and a row of each."""
    codes = np.zeros(len(columns[0]), np.intp)
    for column in columns:
        values, numbers = np.unique(column, return_inverse=True)
        codes = np.unique(codes * len(values) + numbers, return_inverse=True)[1]
    return codes, np.unique(codes, return_index=True)[1]
