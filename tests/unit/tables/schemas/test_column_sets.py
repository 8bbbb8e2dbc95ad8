"""The definitions themselves: names every format takes, units and words that mean something."""

from __future__ import annotations

import pytest
from astropy import units
from astropy.io.votable.ucd import parse_ucd

from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.surveys.catalogue import packaged_survey
from skybatch.tables.model import Column
from skybatch.tables.schemas.batch import BATCH_HTML, OUTCOME_OPTIONS
from skybatch.tables.schemas.column_sets import (
    BATCH_CSV,
    BATCH_VOTABLE,
    COLUMN_SETS,
    INVENTORY,
    SIA_SEARCH,
    column_sets,
)
from skybatch.tables.schemas.common import STATUS_OPTIONS
from skybatch.tables.writers.ipac import NAME_WIDTH

SETS = [*COLUMN_SETS.values(), BATCH_HTML]
ALL = sorted({column for columns in SETS for column in columns}, key=lambda column: column.name)


@pytest.mark.parametrize("columns", SETS)
def test_names_are_distinct_in_any_case(columns: tuple[Column, ...]) -> None:
    names = [column.name.lower() for column in columns]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("column", ALL, ids=lambda column: column.name)
def test_a_column_is_one_that_every_format_takes(column: Column) -> None:
    assert column.name.isidentifier()
    assert len(column.name) <= NAME_WIDTH
    assert column.description.endswith(".")
    assert "\n" not in column.description
    units.Unit(column.unit, format="vounit")


@pytest.mark.parametrize("column", [c for c in ALL if c.ucd], ids=lambda column: column.name)
def test_ucds_are_words_of_the_list_or_of_sia_1(column: Column) -> None:
    if column.ucd not in ("POS_EQ_RA_MAIN", "POS_EQ_DEC_MAIN", "INST_ID"):
        parse_ucd(column.ucd, check_controlled_vocabulary=True, has_colon=True)


def test_the_batch_adds_to_the_inventory_at_its_end() -> None:
    assert BATCH_VOTABLE[: len(INVENTORY)] == INVENTORY
    added = [column.name for column in BATCH_CSV[len(INVENTORY) :]]
    assert added[:6] == ["status", "reason", "file", "bytes", "md5", "edge_dist"]
    assert added[-4:] == ["skybatch", "given_id", "cut_at_edge", "edge"]


def test_image_search_has_the_archives_columns() -> None:
    assert " ".join(column.name for column in SIA_SEARCH) == (
        "sia_title sia_url sia_naxes sia_fmt sia_ra sia_dec sia_naxis sia_crpix sia_crval sia_proj sia_scale "
        "sia_cd sia_bp_id sia_bp_ref sia_bp_lo sia_bp_hi pers_art glint_art ordate hemisphere scanno coaddno "
        "ut_date coadd_key seesh magzp msnr10"
    )


def test_options_of_outcomes_are_the_statuses_of_batches() -> None:
    assert {value for value, _ in STATUS_OPTIONS} == set(ImageStatus)
    assert [value for value, _ in OUTCOME_OPTIONS] == list(RowStatus)


def test_several_surveys_have_sets_of_their_own() -> None:
    twomass, allwise = packaged_survey("2mass"), packaged_survey("allwise")
    both, alone = column_sets((twomass, allwise)), column_sets((allwise,))
    assert column_sets((twomass,)) == COLUMN_SETS
    assert both["Images of a batch, IPAC ASCII, AllWISE"] == alone["Images of a batch, IPAC ASCII"]
    assert both["Images of a batch, IPAC ASCII, 2MASS"] == COLUMN_SETS["Images of a batch, IPAC ASCII"]
    assert not any("scan" in title or "coadd" in title or "nph" in title for title in alone)
    assert not any(
        column.name in ("scan", "scanno", "coadd_key") for columns in alone.values() for column in columns
    )
