"""The facts of each image come from the image sets of its own data set."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.surveys.known import default_survey
from skybatch.tables.schemas.image_rows import ImageRows, band_facts, gather_facts, set_facts
from tests.support.survey.image_sets import sample_image_rows, sample_image_sets

SURVEY = default_survey()


def rows(dataset: list[str], set_index: list[int], band: list[str]) -> ImageRows:
    return ImageRows(
        dataset=dataset, set_index=set_index, band=band, type=["A"] * len(band), url=[""] * len(band)
    )


def test_every_fact_is_that_of_the_images_set_and_band() -> None:
    sets = {"asky": sample_image_sets(5, "asky"), "sx": sample_image_sets(5, "sx")}
    images = rows(["sx", "asky", "sx"], [47, 7, 17], ["k", "j", "h"])
    facts = gather_facts(sets, images)
    assert set(facts) == {*set_facts(SURVEY), *band_facts(SURVEY)}
    for i, (dataset, index, band) in enumerate(zip(images.dataset, (4, 0, 1), images.band, strict=True)):
        for name in set_facts(SURVEY):
            assert facts[name][i] == getattr(sets[dataset], name)[index], name
        for name in band_facts(SURVEY):
            assert facts[name][i] == getattr(sets[dataset], name)[band][index], name


def test_image_sets_may_come_in_any_order() -> None:
    sets = sample_image_sets(6)
    shuffled = np.array([3, 0, 5, 1, 4, 2])
    images = sample_image_rows(sets)
    reordered = sample_image_sets(6, set_index=sets.set_index[shuffled], coadd_key=sets.coadd_key[shuffled])
    facts = gather_facts({"askyw": reordered}, images)
    assert facts["coadd_key"].tolist() == sets.coadd_key.tolist()


@pytest.mark.parametrize(("dataset", "set_index"), [("cal", 7), ("askyw", 8), ("askyw", 99)])
def test_an_image_without_its_image_set_is_an_error(dataset: str, set_index: int) -> None:
    with pytest.raises(KeyError):
        gather_facts({"askyw": sample_image_sets(5)}, rows([dataset], [set_index], ["j"]))


def test_only_facts_that_are_used_are_read() -> None:
    used: list[str] = []

    class Sets:
        def __getattr__(self, name: str) -> object:
            used.append(name)
            return getattr(known, name)

    known = sample_image_sets(5)
    facts = gather_facts({"askyw": Sets()}, rows(["askyw"], [17], ["h"]))  # type: ignore[dict-item]
    assert facts["coadd_key"].tolist() == [known.coadd_key[1]]
    assert not {"magzp", "date", "crval1"} & set(used)
    with pytest.raises(KeyError):
        facts["declination"]
