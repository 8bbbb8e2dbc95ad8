"""Responses: formats by name and MIME type, data sets by path, and the note of an overflow."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.errors import MalformedRequest, NotFound
from skybatch.inventory.inventory import Inventory
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.tables.schemas.search import SIA_SEARCH
from skybatch.vo.parameters import Parameters
from skybatch.vo.responses import dataset_of, overflow_note, response_format, table_of
from skybatch.vo.search_images import find_images


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("", "xml"),
        ("CSV", "csv"),
        ("text/csv; header=present", "csv"),
        ("ipac_table", "tbl"),
        ("text/html", "html"),
    ],
)
def test_a_format_is_named_by_word_or_mime_type(word: str, form: str) -> None:
    assert response_format(Parameters.of({"RESPONSEFORMAT": word}), "RESPONSEFORMAT", "votable") == form


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(MalformedRequest):
        response_format(Parameters.of({"RESPONSEFORMAT": "fits"}), "RESPONSEFORMAT", "votable")


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
