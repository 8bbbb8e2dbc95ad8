"""The bands of a tree's images, by headers and names of files."""

from __future__ import annotations

import pytest

from skybatch.archive.generic.bands import (
    MAX_BANDS,
    NO_BAND,
    OTHER_BANDS,
    band_word,
    said_filter,
    tree_bands,
    words_of_names,
)
from skybatch.archive.generic.description import Facts, description
from skybatch.surveys.band_words import bands as parsed_bands
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.description.rules import BAND_ID


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"FILTER": "r DECam SDSS c0002 6415.0 1480.0"}, "r DECam SDSS c0002 6415.0 1480.0"),
        ({"FILTER": "OPEN", "FILTER2": "F814W"}, "F814W"),
        ({"FILTER": None, "BAND": 3}, "3"),
        ({"FILTER1": "CLEAR1L", "FILTER2": "n/a"}, ""),
        ({}, ""),
    ],
)
def test_the_first_keyword_that_names_a_filter_counts(values: dict[str, str | int], said: str) -> None:
    assert said_filter(values) == said


@pytest.mark.parametrize(
    ("said", "name", "word"),
    [
        ("r DECam SDSS", "c4d_ooi_z", "r"),
        ("3", "01772a127-w3-int-1b", "w3"),
        ("3", "frame-13-int", "3"),
        ("", "a-w3", ""),
    ],
)
def test_a_bare_number_has_the_letters_of_the_name(said: str, name: str, word: str) -> None:
    assert band_word(said, name) == word


def test_names_tell_bands_where_headers_of_others_gave_such_numbers() -> None:
    words = [("w3", "3", "a-w3-int"), ("", "", "b-w1-img"), ("", "", "m31")]
    assert words_of_names(words) == ["w3", "w1", ""]
    assert words_of_names([("r", "r", "a-r"), ("", "", "b-w1-img")]) == ["r", ""]


def test_words_that_differ_are_different_bands_and_the_frequent_come_first() -> None:
    bands = tree_bands(["r", "R", "R", "", "F814W"])
    assert bands.ids == {"R": "r", "r": "r_2", "": NO_BAND, "F814W": "f814w"}
    assert bands.labels == {"r": "R", "r_2": "r_2", NO_BAND: NO_BAND, "f814w": "F814W"}
    assert bands.notices == ("'r' in headers is the band r_2 here",)


@pytest.mark.parametrize("word", ["all", "a", "<script>", "Halpha+[NII]6583", "ü", "___", "image", "é" * 99])
def test_any_word_gives_an_identifier_that_descriptions_take(word: str) -> None:
    (name,) = tree_bands([word]).ids.values()
    assert BAND_ID.fullmatch(name)
    assert name not in ("a", "all", NO_BAND, OTHER_BANDS)


def test_long_words_that_begin_alike_stay_apart() -> None:
    ids = tree_bands([f"narrowband-filter-{n}" for n in range(20)]).ids
    assert len(set(ids.values())) == 20
    assert all(BAND_ID.fullmatch(name) for name in ids.values())


def test_the_rarest_words_share_one_band() -> None:
    bands = tree_bands([*[f"f{n}" for n in range(100)], *[f"f{n}" for n in range(10)]])
    assert len(set(bands.ids.values())) == MAX_BANDS
    assert [bands.ids[f"f{n}"] for n in range(10)] == [f"f{n}" for n in range(10)]
    assert list(bands.labels)[-1] == OTHER_BANDS


@pytest.mark.parametrize("word", ["<script>", "Halpha+[NII]6583", "F814W", "all", "K"])
def test_labels_are_words_that_requests_take(word: str) -> None:
    bands = tree_bands([word, word.swapcase(), ""])
    survey = read_survey(description(Facts("x", "x", bands.labels, ["fits"])), "x.toml")
    assert {name: parsed_bands(survey.bands[name].show, survey) for name in survey.bands} == {
        name: (name,) for name in survey.bands
    }
