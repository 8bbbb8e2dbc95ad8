"""Tables of images: the genuine inventory's rows come out again, astropy agrees on where images lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io.votable import parse_single_table
from astropy.wcs import WCS

from skybatch.inventory.image_sets import ImageSets
from skybatch.tables.model import Table, text
from skybatch.tables.schemas.column_sets import BATCH_IPAC, INVENTORY, NATIVE_SEARCH, SIA_SEARCH
from skybatch.tables.schemas.common import RESUBMISSION_COLUMNS
from skybatch.tables.schemas.image_rows import ImageRows
from skybatch.tables.schemas.image_table import image_data, image_table
from tests.support.survey.image_sets import centre_and_corner_pixels, sample_image_rows, sample_image_sets


def wcs_of(sets: ImageSets, i: int, box: Any = (0, 0, 0, 0)) -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.crval = [sets.crval1[i], sets.crval2[i]]
    wcs.wcs.crpix = [sets.crpix1[i] - box[0], sets.crpix2[i] - box[1]]
    wcs.wcs.cdelt = [sets.cdelt1[i], sets.cdelt2[i]]
    wcs.wcs.crota = [0, sets.crota2[i]]
    wcs.wcs.set()
    return wcs


def assert_same_place(ra: Any, dec: Any, expected: Any) -> None:
    """Within 1e-9 degrees on the sky; RA is compared the short way round."""
    turn = (np.asarray(ra) - np.asarray(expected)[:, 0] + 180) % 360 - 180
    assert np.abs(turn * np.cos(np.radians(dec))).max() < 1e-9
    assert np.abs(np.asarray(dec) - np.asarray(expected)[:, 1]).max() < 1e-9


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (100, 900, 61, 124)])
def test_centre_and_corners_are_where_astropy_puts_them(box: tuple[int, int, int, int]) -> None:
    sets = sample_image_sets(40)
    data = image_data({"askyw": sets}, sample_image_rows(sets, box=np.tile(box, (40, 1))), BATCH_IPAC)
    nx, ny = (512, 1024) if not box[2] else box[2:]
    pixels = centre_and_corner_pixels(nx, ny)
    for name, (x, y) in zip(("", "1", "2", "3", "4"), pixels, strict=True):
        expected = [wcs_of(sets, i, box).wcs_pix2world([[x, y]], 1)[0] for i in range(40)]
        assert_same_place(data[f"ra{name}"], data[f"dec{name}"], expected)
        assert (np.asarray(data[f"ra{name}"]) >= 0).all()
        assert (np.asarray(data[f"ra{name}"]) < 360).all()


def test_cd_matrix_is_astropys_pixel_scale_matrix() -> None:
    sets = sample_image_sets(10)
    data = image_data({"askyw": sets}, sample_image_rows(sets), SIA_SEARCH)
    expected = [wcs_of(sets, i).pixel_scale_matrix.ravel() for i in range(10)]
    np.testing.assert_allclose(data["sia_cd"], expected, rtol=0, atol=1e-18)


def test_a_crop_has_its_own_size_and_reference_pixel_and_a_whole_image_its_parents() -> None:
    sets = sample_image_sets(2)
    images = sample_image_rows(sets, box=np.array([(10, 20, 61, 62), (0, 0, 0, 0)]))
    data = image_data({"askyw": sets}, images, INVENTORY)
    assert np.asarray(data["crpix"]).tolist() == [[246.5, 492.5], [256.5, 512.5]]
    assert np.asarray(data["naxis"]).tolist() == [[61, 62], [512, 1024]]
    assert np.asarray(data["crval"])[:, 0].tolist() == sets.crval1.tolist()


def test_facts_come_from_the_images_own_data_set_set_and_band() -> None:
    first, second = sample_image_sets(5, "asky"), sample_image_sets(5, "sx")
    images = ImageRows(
        dataset=["sx", "asky", "sx"],
        set_index=[47, 7, 7],
        band=["k", "j", "h"],
        type=["A", "A", "Q"],
        url=["u"] * 3,
    )
    data = image_data({"asky": first, "sx": second}, images, NATIVE_SEARCH)
    assert list(data["crval1"]) == [second.crval1[4], first.crval1[0], second.crval1[0]]
    assert list(data["magzp"]) == [second.magzp["k"][4], first.magzp["j"][0], second.magzp["h"][0]]
    assert list(data["fname"]) == ["ki0050057.fits.gz", "ji0010009.fits.gz", "hi0010009.fits.H"]


@pytest.mark.parametrize(("given", "name"), [({"set_index": [8]}, "8"), ({"dataset": ["cal"]}, "cal")])
def test_an_image_that_no_image_set_was_given_for_is_an_error(given: dict[str, Any], name: str) -> None:
    sets = sample_image_sets(1)
    with pytest.raises(KeyError, match=name):
        image_table({"askyw": sets}, sample_image_rows(sets, **given), "csv")


def test_a_column_without_facts_is_an_error() -> None:
    sets = sample_image_sets(1)
    with pytest.raises(KeyError, match="colour"):
        image_data({"askyw": sets}, sample_image_rows(sets), (text("colour", ""),))


@pytest.mark.parametrize("fmt", ["tbl", "xml", "csv"])
def test_every_format_has_the_columns_for_resubmission(fmt: Any) -> None:
    sets = sample_image_sets(3)
    table = image_table({"askyw": sets}, sample_image_rows(sets), fmt)
    assert {column.name for column in table.columns} >= set(RESUBMISSION_COLUMNS)
    assert "skybatch" in table.keywords if fmt != "csv" else "skybatch" in [c.name for c in table.columns]


def test_position_columns_are_there_only_for_positions_or_on_request() -> None:
    sets = sample_image_sets(3)
    images = sample_image_rows(sets, positions=False)
    names = {column.name for column in image_table({"askyw": sets}, images, "tbl").columns}
    assert not names & {"req_ra", "req_dec", "size", "edge_dist", "cut_at_edge"}
    wanted = image_table({"askyw": sets}, images, "tbl", positions=True, padded=True)
    expected = [column.name for column in BATCH_IPAC if column.name != "given_id"]
    assert [column.name for column in wanted.columns] == expected


@pytest.mark.parametrize("fmt", ["tbl", "xml", "csv"])
def test_ids_as_given_have_a_column_behind_the_others_only_where_an_image_has_one(fmt: Any) -> None:
    sets = sample_image_sets(2)
    without = image_table({"askyw": sets}, sample_image_rows(sets, given_id=[None, None]), fmt)
    given = image_table({"askyw": sets}, sample_image_rows(sets, given_id=["0123456789abcdef", None]), fmt)
    names = [column.name for column in given.columns]
    assert [name for name in names if name != "given_id"] == [column.name for column in without.columns]
    assert names.index("given_id") > names.index("edge_dist")


@pytest.mark.parametrize("fmt", ["tbl", "xml", "csv"])
def test_the_treatment_of_edges_is_told_only_where_crops_are_padded(fmt: Any) -> None:
    sets = sample_image_sets(2)
    images = sample_image_rows(sets, edge=["pad", "clip"], cut_at_edge=["y", "n"])
    clipped, padded = (image_table({"askyw": sets}, images, fmt, padded=padded) for padded in (False, True))
    assert [column.name for column in padded.columns] == [
        *(column.name for column in clipped.columns),
        "edge",
    ]
    assert clipped.columns[-1].name == "cut_at_edge"
    assert list(padded.data["edge"]) == ["pad", "clip"]


def test_a_padded_crop_begins_before_its_image() -> None:
    sets = sample_image_sets(1)
    data = image_data(
        {"askyw": sets}, sample_image_rows(sets, box=np.array([(-20, 1000, 50, 50)])), INVENTORY
    )
    assert np.asarray(data["crpix"]).tolist() == [[276.5, -487.5]]
    assert np.asarray(data["naxis"]).tolist() == [[50, 50]]


def test_a_table_with_quicklooks_carries_the_caution() -> None:
    sets = sample_image_sets(2)
    assert image_table({"askyw": sets}, sample_image_rows(sets), "tbl").notes == ()
    notes = image_table({"askyw": sets}, sample_image_rows(sets, type=["A", "Q"]), "tbl").notes
    assert "lossy" in notes[0]


def test_no_images_make_a_table_without_rows() -> None:
    sets = sample_image_sets(0)
    assert len(image_table({"askyw": sets}, sample_image_rows(sets), "xml")) == 0


class TestGenuineInventory:
    """Facts of the genuine answer go in as image sets; its own rows must come out."""

    @pytest.fixture
    def answer(self, survey_data: Path) -> Any:
        return parse_single_table(survey_data / "nph-im_sia.example.xml", verify="ignore")

    @pytest.fixture
    def table(self, answer: Any) -> Table:
        rows = answer.array
        pairs = {name: np.stack(rows[name].tolist()) for name in ("naxis", "scale", "crpix", "crval")}
        n = len(rows)
        per_band = {name: dict.fromkeys("jhk", rows[name].data) for name in ("seesh", "magzp", "msnr10")}
        sets = sample_image_sets(
            n,
            "asky",
            **{
                f"{a}{k + 1}": pairs[b][:, k]
                for a, b in (("crval", "crval"), ("crpix", "crpix"), ("cdelt", "scale"), ("naxis", "naxis"))
                for k in (0, 1)
            },
            **{name: rows[name].data for name in ("crota2", "scan", "image", "coadd_key")},
            **{name: rows[name].astype(str).data for name in ("date", "hem", "ut_date")},
            **per_band,
        )
        images = ImageRows(
            dataset=["asky"] * n,
            set_index=sets.set_index,
            band=[band.lower() for band in rows["band"]],
            type=list(rows["type"]),
            url=list(rows["download"]),
            format=list(rows["format"]),
        )
        return Table(INVENTORY, image_data({"asky": sets}, images, INVENTORY))

    def test_columns_are_the_genuine_ones_in_order(self, answer: Any) -> None:
        ours = [(c.name, c.datatype, c.ucd, c.arraysize or None) for c in INVENTORY]
        added = {"id": "meta.id"}  # where the genuine column has no UCD
        theirs = [(f.name, f.datatype, f.ucd or added.get(f.name, ""), f.arraysize) for f in answer.fields]
        assert ours == theirs
        spelled = {"meters": "m", "arcseconds": "arcsec"}
        also = {"crpix": "pix", "magzp": "mag", "msnr10": "mag"}
        units = [str(f.unit or also.get(f.name, "")) for f in answer.fields]
        assert [c.unit for c in INVENTORY] == [spelled.get(unit, unit) for unit in units]

    def test_values_are_the_genuine_ones(self, answer: Any, table: Table) -> None:
        for column in INVENTORY:
            if column.name in ("pers_art", "glint_art", "id", "scntr"):
                continue
            ours, theirs = np.asarray(table.values(column)), answer.array[column.name]
            if column.is_text:
                assert ours.tolist() == theirs.astype(str).tolist(), column.name
            else:
                theirs = np.stack(theirs.tolist()) if column.is_array else theirs.data
                np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12, err_msg=column.name)
