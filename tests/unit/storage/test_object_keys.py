"""Keys that callers write: names of files in printable ASCII between slashes, nothing else."""

from __future__ import annotations

import pytest

from skybatch.errors import NotFound
from skybatch.storage.object_keys import MAX_KEY_CHARACTERS, checked_key


@pytest.mark.parametrize(
    "key",
    ["a", "twomass/full/full/001126n/s101/image/ji1010266.fits.gz", "A-b_c/d.e", "a b/c%2fd", "-\\~ '#?"],
)
def test_a_plain_key_stays_as_it_is(key: str) -> None:
    assert checked_key(key) == key
    assert checked_key(f"{key}/", folder=True) == f"{key}/"


@pytest.mark.parametrize(
    "key",
    [
        "", "/", "a//b", "/a", "a/", "..", "a/../b", "a/./b", ".hidden", "a\x00", "a\n", "a\x7f", "é",
        "a/\N{ARABIC-INDIC DIGIT ONE}", "\ud800", "x" * (MAX_KEY_CHARACTERS + 1),
    ],
)  # fmt: skip
def test_any_other_text_is_the_key_of_nothing(key: str) -> None:
    with pytest.raises(NotFound):
        checked_key(key)


@pytest.mark.parametrize("key", ["", "a/"])
def test_a_folder_may_be_the_root_and_end_with_a_slash(key: str) -> None:
    assert checked_key(key, folder=True) == key


@pytest.mark.parametrize("key", ["//", "a//", "../", "a/../"])
def test_a_folder_has_plain_segments_too(key: str) -> None:
    with pytest.raises(NotFound):
        checked_key(key, folder=True)
