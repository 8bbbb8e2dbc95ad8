"""Responses: formats by name and MIME type, data sets by path, and the note of an overflow."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.errors import MalformedRequest, NotFound
from skybatch.inventory.inventory import Inventory
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.tables.schemas.search import SIA_SEARCH
from skybatch.vo.parameters import Parameters
from skybatch.vo.responses import ResponseFormat, dataset_of, overflow_note, response_format, table_of
from skybatch.vo.search_images import find_images


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("", ResponseFormat("xml")),
        ("VOTable", ResponseFormat("xml")),
        ("CSV", ResponseFormat("csv")),
        ("text/csv; header=present", ResponseFormat("csv")),
        ("ipac_table", ResponseFormat("tbl")),
        ("text/html", ResponseFormat("html")),
        ("text/xml", ResponseFormat("xml", "text/xml")),
        ("Application/X-VOTable+xml", ResponseFormat("xml", "application/x-votable+xml")),
        (
            "application/x-votable+xml; serialization=TABLEDATA",
            ResponseFormat("xml", "application/x-votable+xml;serialization=tabledata"),
        ),
    ],
)
def test_a_format_is_named_by_word_or_media_type(word: str, form: ResponseFormat) -> None:
    assert response_format(Parameters.of({"RESPONSEFORMAT": word}), "RESPONSEFORMAT", "votable") == form


@pytest.mark.parametrize("word", ["fits", "application/x-votable+xml;serialization=binary2"])
def test_an_unknown_format_is_refused(word: str) -> None:
    with pytest.raises(MalformedRequest):
        response_format(Parameters.of({"RESPONSEFORMAT": word}), "RESPONSEFORMAT", "votable")


def test_every_data_set_has_a_path_of_its_own() -> None:
    for dataset in DATASETS.values():
        assert dataset_of("twomass", dataset.folder, dataset.table) == dataset.id
    assert dataset_of("2MASS", "AllSky", "allsky") == "asky"
    with pytest.raises(NotFound):
        dataset_of("wise", "allsky", "allsky")
    with pytest.raises(NotFound):
        dataset_of("twomass", "allsky", "full")


def test_a_response_cut_off_says_so(small_inventory: Inventory) -> None:
    sets = np.arange(4)
    for limit, cut in ((5, True), (12, False)):
        found = find_images(small_inventory, sets, limit)
        table = table_of(found, SIA_SEARCH, lambda i: f"https://x/{i}", max_rows=limit)
        assert len(table) == limit
        assert bool(table.overflow) == bool(overflow_note(found, limit)) == cut
