"""Values in the shortest form that holds them."""

from __future__ import annotations

import numpy as np

from skybatch.inventory.columns.short_types import coded, shortest


def test_text_of_few_words_is_kept_as_codes() -> None:
    text = np.array([b"CCD1", b"CCD22"] * 400, np.bytes_)
    made = coded("chip", text)
    assert made["chip.words"].tolist() == [b"CCD1", b"CCD22"]
    assert made["chip"].dtype.itemsize == 1
    assert np.array_equal(made["chip.words"][made["chip"]], text)


def test_text_of_many_words_is_kept_as_it_is() -> None:
    text = np.array([b"%05d" % n for n in range(3000)], np.bytes_)
    assert list(coded("name", text)) == ["name"]
    assert coded("name", np.array([], np.bytes_))["name"].dtype.itemsize > 0


def test_whole_numbers_have_the_shortest_type() -> None:
    expected: list[tuple[list[int], str]] = [
        ([0, 255], "u1"), ([0, 256], "u2"), ([-1, 9], "i2"), ([2**32], "u8"), ([], "u1"),
    ]  # fmt: skip
    for values, name in expected:
        assert shortest(np.array(values, np.int64)).dtype == np.dtype(name)
