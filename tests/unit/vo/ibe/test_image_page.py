"""One image by its data set, coadd key and band."""

from __future__ import annotations

import pytest

from skybatch.errors import MalformedRequest, NotFound
from skybatch.vo.ibe.image_page import SHOWN, properties, requested_image
from skybatch.vo.parameters import Parameters
from tests.support.survey.sample_archive import MadeArchive


def test_key_and_band_name_one_image(sample_archive: MadeArchive) -> None:
    found = requested_image(Parameters.of({"key": "1002", "band": "H"}), sample_archive.open("asky", None))
    assert [found.key(i) for i in range(len(found))] == [sample_archive.key(1, "h")]


@pytest.mark.parametrize("changes", [{"key": "x"}, {"key": ""}, {"band": "Q"}, {"type": "raw"}])
def test_what_cannot_be_read_is_refused(sample_archive: MadeArchive, changes: dict[str, str]) -> None:
    with pytest.raises(MalformedRequest):
        requested_image(
            Parameters.of({"key": "1002", "band": "H"} | changes), sample_archive.open("asky", None)
        )


@pytest.mark.parametrize("changes", [{"key": "999999"}, {"type": "ql"}])
def test_an_image_that_is_not_there_is_not_found(
    sample_archive: MadeArchive, changes: dict[str, str]
) -> None:
    with pytest.raises(NotFound):
        requested_image(
            Parameters.of({"key": "1002", "band": "H"} | changes), sample_archive.open("asky", None)
        )


def test_each_property_has_a_value_or_is_unknown(sample_archive: MadeArchive) -> None:
    found = requested_image(Parameters.of({"key": "1001", "band": "J"}), sample_archive.open("asky", None))
    values = [value for _, value in properties(found)]
    assert len(values) == len(SHOWN)
    assert "1001" in values
    assert values.count("unknown") == 3  # the sample has neither seeing nor magnitudes
