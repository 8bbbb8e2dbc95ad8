"""Uploaded tables: astropy reads the same coordinates back from what astropy and pandas objects become."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, QTable, Table

from skybatch.client.request_body import encode_request
from skybatch.client.tables.upload import encode_table
from skybatch.errors import InvalidRequest
from tests.support.tables.request_tables import parsed_upload

RA, DEC = [0.1, 180.123456789012, 359.9999999], [-89.9, 0.0, 45.000000001]


def read(table: Any) -> Table:
    text = encode_table(table).body.decode()
    strings = {"xdate": str, "id": str, "ra_text": str}
    return Table.read(io.StringIO(text).read().splitlines(), format="ascii.csv", converters=strings)


def test_sky_coordinates_keep_every_digit() -> None:
    table = read(SkyCoord(RA * u.deg, DEC * u.deg))
    assert list(table["ra"]) == list(SkyCoord(RA * u.deg, DEC * u.deg).ra.deg)
    assert list(table["dec"]) == DEC


def test_other_frames_become_icrs() -> None:
    sky = SkyCoord(RA * u.deg, DEC * u.deg)
    back = read(sky.galactic)
    assert SkyCoord(back["ra"], back["dec"], unit="deg").separation(sky).max() < 1e-9 * u.arcsec
    one = SkyCoord(83.6, 22.0, unit="deg", frame="fk4", equinox="B1950")
    assert len(read(one)) == 1
    assert float(read(one)["ra"][0]) == pytest.approx(one.icrs.ra.deg, abs=1e-12)


def test_astropy_tables_with_units_masks_and_vectors() -> None:
    table = QTable(
        {
            "RA": np.array(RA) / 15 * u.hourangle,
            "Dec": np.radians(DEC) * u.rad,
            "size": [0.5, 1.0, 2.0] * u.arcmin,
            "id": MaskedColumn(["a", "b,c", "d"], mask=[False, False, True]),
            "flux": np.ones((3, 4)),
        }
    )
    back = read(table)
    assert back.colnames == ["RA", "Dec", "size", "id"]
    np.testing.assert_allclose(back["RA"], RA, rtol=1e-14)
    np.testing.assert_allclose(back["Dec"], DEC, rtol=1e-14)
    np.testing.assert_allclose(back["size"], [30, 60, 120], rtol=1e-14)
    assert list(back["id"].filled("")) == ["a", "b,c", ""]


def test_masked_quantities_leave_their_cells_empty() -> None:
    table = Table(
        {"ra": RA, "dec": DEC, "size": MaskedColumn([1.0, 2.0, 3.0], unit="arcmin", mask=[0, 1, 0])}
    )
    assert list(read(table)["size"].filled(-1)) == [60.0, -1, 180.0]
    assert list(read(QTable(table))["size"].filled(-1)) == [60.0, -1, 180.0]


def test_plain_table_with_angle_unit_on_a_column() -> None:
    table = Table({"ra": RA, "dec": DEC})
    table["dec"].unit = "deg"
    table["ra"].unit = "arcsec"
    np.testing.assert_allclose(read(table)["ra"], np.array(RA) / 3600, rtol=1e-14)


def test_whole_numbers_have_units_too() -> None:
    table = QTable({"ra": [1, 2] * u.hourangle, "dec": [3, 4] * u.deg})
    plain = Table({"ra": [1, 2], "dec": [3, 4], "size": [1, 2]}, units={"ra": "hourangle", "size": "arcmin"})
    for each in (table, plain):
        assert list(read(each)["ra"]) == pytest.approx([15, 30], rel=1e-15)
        assert list(read(each)["dec"]) == [3, 4]
    assert list(read(plain)["size"]) == [60.0, 120.0]


def positions_of(table: Any) -> list[tuple[float, float]]:
    """The positions that the server reads from what is uploaded."""
    rows = parsed_upload("positions", encode_table(table).body).rows
    return [(row.position.ra, row.position.dec) for row in rows if row.position]


def test_the_server_reads_the_units_of_columns() -> None:
    here = [pytest.approx((65.497627, 19.53507), abs=1e-7)]
    ra, dec = u.Quantity([65.497627], "deg"), u.Quantity([19.53507], "deg")
    for table in (
        QTable({"ra": ra.to(u.rad), "dec": dec.to(u.rad)}),
        QTable({"ra_rad": ra.to(u.rad), "dec_rad": dec.to(u.rad)}),
        QTable({"ra": ra.to(u.hourangle), "dec": dec}),
        Table({"ra": ra.value / 15, "dec": dec.value}, units={"ra": "h", "dec": "deg"}),
        Table({"RA_ICRS": ra.value * 3600, "DE_ICRS": dec.value}, units={"RA_ICRS": "arcsec"}),
        Table({"ra": ["04:21:59.43048"], "dec": ["+19:32:06.252"]}, units={"ra": "hourangle"}),
    ):
        assert positions_of(table) == here
    with pytest.raises(InvalidRequest, match="'pix'"):
        positions_of(Table({"ra": [1.0], "dec": [2.0]}, units={"ra": "pix", "dec": "pix"}))


def test_the_server_reads_the_frame_that_a_table_s_metadata_names() -> None:
    b1950 = SkyCoord(204.2538, -29.8654, unit="deg").fk4
    table = Table(
        {"ra": [b1950.ra.deg], "dec": [b1950.dec.deg]}, meta={"EQUINOX": 1950.0, "RADESYS": "FK4", "x": [1]}
    )
    assert positions_of(table) == [pytest.approx((204.2538, -29.8654), abs=1e-6)]


def test_coordinates_that_are_no_list_of_positions_are_refused() -> None:
    grid = SkyCoord(np.ones((2, 2)), np.ones((2, 2)), unit="deg")
    here_and_now = SkyCoord(az=[1.0], alt=[2.0], unit="deg", frame="altaz")
    for table in (grid, QTable({"sky": grid}), here_and_now):
        with pytest.raises(InvalidRequest, match="table"):
            encode_table(table)


def test_columns_of_arrays_are_left_out() -> None:
    arrays = np.array([np.arange(2), np.arange(3)], dtype=object)
    masked = MaskedColumn(arrays, mask=[False, True])
    assert read(Table({"ra": [1.5, 2], "dec": [3, 4], "a": arrays, "b": masked})).colnames == ["ra", "dec"]
    frame = pd.DataFrame({"ra": [1.5, 2], "dec": [3, 4], "a": [[1], [1, 2]], "b": list(arrays)})
    assert read(frame).colnames == ["ra", "dec"]


def test_a_coordinate_column_stands_for_ra_and_dec() -> None:
    back = read(QTable({"sky": SkyCoord(RA * u.deg, DEC * u.deg), "id": ["a", "b", "c"]}))
    assert back.colnames == ["ra", "dec", "id"]
    assert list(back["dec"]) == DEC


def test_pandas_frames_with_nulls_and_dates() -> None:
    frame = pd.DataFrame(
        {"xdate": [307, 981121], "hem": ["n", "s"], "scan": [11, 69], "image": [9.0, np.nan]}
    )
    assert encode_table(frame).body == b"xdate,hem,scan,image\n000307,n,11,9\n981121,s,69,\n"
    frame = pd.DataFrame({"ra": RA, "dec": DEC, "best": [True, False, True], "id": ["a", None, pd.NA]})
    lines = encode_table(frame).body.decode().splitlines()
    assert lines[1:] == [f"{RA[0]!r},{DEC[0]!r},y,a", f"{RA[1]!r},{DEC[1]!r},n,", f"{RA[2]!r},{DEC[2]!r},y,"]


def test_files_and_text_are_uploaded_unchanged(tmp_path: Path) -> None:
    body = b"|ra |dec|\n 1.0 2.0\n\xff"
    path = tmp_path / "targets.tbl"
    path.write_bytes(body)
    for given in (path, str(path)):
        assert (encode_table(given).body, encode_table(given).file_name) == (body, "targets.tbl")
    with path.open("rb") as file:
        posted = encode_table(file)
    assert (posted.body, posted.file_name) == (body, "targets.tbl")
    assert encode_table("ra,dec\n1,2\n").body == b"ra,dec\n1,2\n"
    assert encode_table(body).body == body


def test_anything_else_is_invalid(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="table"):
        encode_table(7)
    with pytest.raises(FileNotFoundError):
        encode_table(tmp_path / "nowhere.tbl")


def test_a_region_from_astropy_objects() -> None:
    encoded = encode_request(center=SkyCoord(10.5, -20.25, unit="deg"), diameter=30 * u.arcmin, bands="J")
    assert encoded.body == b'{"bands": "J", "center": "10.5 -20.25", "diameter": 0.5, "mode": "region"}'


def test_unknown_fields_are_named_before_anything_is_sent() -> None:
    with pytest.raises(InvalidRequest, match="centre") as raised:
        encode_request(centre="M83", diameter=1)
    assert raised.value.errors[0].column == "centre"
