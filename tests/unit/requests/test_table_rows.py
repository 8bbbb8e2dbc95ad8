"""Our own tables, posted back unchanged in every format, ask for the same images again."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest
from skybatch.settings import Settings
from skybatch.tables.schemas.image_table import image_table
from skybatch.tables.writers.formats import Format, write
from tests.support.survey.image_sets import sample_image_rows, sample_image_sets
from tests.support.tables.request_tables import parsed_request, parsed_upload

FORMATS: tuple[Format, ...] = ("tbl", "xml", "csv")


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("positions", [True, False])
def test_every_row_of_our_own_table_is_read_back_whole(fmt: Format, positions: bool) -> None:
    sets = sample_image_sets(12, "sx")
    images = sample_image_rows(
        sets, positions=positions, type=["A", "Q"] * 6, delivery_format=["fits.gz", "fits.H"] * 6
    )
    table = write(image_table({"sx": sets}, images, fmt), fmt)
    request = parsed_upload("coadd_keys", table, Settings(max_rows=1), dataset="asky")
    assert request.from_service
    assert images.row_number is not None
    assert images.id is not None
    for i, row in enumerate(request.rows):
        assert (row.row_number, row.id, row.bands) == (images.row_number[i], images.id[i], (images.band[i],))
        assert (row.coadd_key, row.dataset) == (sets.coadd_key[i], "sx")
        assert (row.image_type, row.delivery_format) == [("atlas", "fits.gz"), ("quicklook", "fits.H")][i % 2]
        if positions:
            assert row.position is not None
            assert images.req_ra is not None
            assert images.req_dec is not None
            assert (row.position.ra, row.position.dec) == (images.req_ra[i], images.req_dec[i])
            assert row.size == (images.size[i] if i % 2 else None)  # type: ignore[index]
        else:
            assert (row.position, row.size) == (None, None)


@pytest.mark.parametrize("fmt", FORMATS)
def test_our_table_is_also_a_list_of_scans(fmt: Format) -> None:
    sets = sample_image_sets(5)
    table = write(image_table({"askyw": sets}, sample_image_rows(sets), fmt), fmt)
    rows = parsed_upload("scans", table).rows
    assert [row.date for row in rows] == sets.date.tolist()
    assert [(row.scan, row.image) for row in rows] == list(zip(sets.scan, sets.image, strict=True))


def test_a_table_without_our_marker_is_not_ours_whatever_its_columns() -> None:
    table = "coadd_key,scntr,dataset,type,form\n5,77,sx,Q,fits\n"
    (row,) = parsed_request(mode="coadd_keys", table=table).rows
    assert (row.row_number, row.dataset, row.image_type, row.delivery_format) == (1, None, None, None)


def test_coadd_keys_may_have_a_position_to_crop_around_in_any_table() -> None:
    table = "coadd_key,req_ra,req_dec,size\n5,10.5,-20.5,50\n6,10.5,,50\n7,,,\n8,360,0,\n"
    rows = parsed_request(mode="coadd_keys", table=table).rows
    assert [row.size for row in rows] == [50.0, None, None, None]
    assert [(row.position.ra, row.position.dec) if row.position else None for row in rows] == [
        (10.5, -20.5),
        None,
        None,
        (0.0, 0.0),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [("scntr", "0"), ("scntr", "x"), ("dataset", "2mass"), ("type", "Z"), ("form", "png"), ("req_ra", "370")],
)
def test_an_invalid_cell_of_our_own_table_is_named(column: str, value: str) -> None:
    cells = {
        "scntr": "1",
        "dataset": "sx",
        "type": "A",
        "form": "fits",
        "req_ra": "1",
        "req_dec": "2",
        column: value,
    }
    table = f"skybatch,coadd_key,{','.join(cells)}\n1,5,{','.join(cells.values())}\n"
    with pytest.raises(InvalidRequest) as caught:
        parsed_request(mode="coadd_keys", table=table)
    assert [(e.line, e.column) for e in caught.value.errors] == [(2, column)]
