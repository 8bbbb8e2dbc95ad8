"""AllWISE at the archive's addresses: the tutorial with ``wise``, ``allwise``, ``p3am_cdd``, and clients."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits, votable
from astropy.nddata import Cutout2D
from astropy.table import Table
from astropy.wcs import WCS

from skybatch.archive.described.table_images import read_table_images, well_placed
from tests.support.html import Page
from tests.support.survey.described.allwise_service import AllWiseService, allwise_service
from tests.support.survey.described.allwise_tree import MAGZP, STAR, SURVEY, TILES, address, key, tile_image

SIA, SEARCH = "/ibe/sia/wise/allwise/p3am_cdd", "/ibe/search/wise/allwise/p3am_cdd"
TILE = next(iter(TILES))
POSITION = SkyCoord(*STAR, unit="deg")


@pytest.fixture(scope="module")
def service() -> Iterator[AllWiseService]:
    with allwise_service() as running:
        yield running


@pytest.fixture(scope="module")
def images(service: AllWiseService) -> Any:
    """The tutorial's sections 2 and 3."""
    base = f"{service.url}{SIA}"
    return Table.read(f"{base}?POS={STAR[0]},{STAR[1]}&SIZE=0.01,0.01&RESPONSEFORMAT=CSV", format="ascii.csv")


@pytest.fixture(scope="module")
def hdulist(images: Any) -> Any:
    """The tutorial's section 4: the first W1 image, opened by its address."""
    titles = images["sia_title"].astype(str)
    chosen = images[[bool(re.search(r"\bW1 Coadd\b", title)) for title in titles]]
    assert len(chosen) == len(TILES)
    return fits.open(chosen[0]["sia_url"], cache=False)


def test_the_columns_are_those_of_the_archive_in_their_order(images: Any) -> None:
    assert images.colnames[:22] == [
        *("sia_title", "sia_url", "sia_naxes", "sia_fmt", "sia_ra", "sia_dec", "sia_naxis", "sia_crpix"),
        *("sia_crval", "sia_proj", "sia_scale", "sia_cd", "sia_bp_id", "sia_bp_ref", "sia_bp_hi"),
        *("sia_bp_lo", "magzp", "magzpunc", "unc_url", "cov_url", "coadd_id", "cloud_access"),
    ]
    assert sorted(images["sia_bp_id"]) == sorted([f"W{band}" for band in MAGZP] * 2)
    row = images[images["sia_bp_id"] == "W1"][0]
    assert row["sia_title"] == f"AllWISE Atlas W1 Coadd {row['coadd_id']}"
    assert (row["sia_bp_ref"], row["sia_bp_hi"], row["sia_bp_lo"]) == (3.35e-6, 3.78e-6, 3.13e-6)
    assert (row["magzp"], row["magzpunc"], row["sia_proj"]) == (20.5, 0.006, "SIN")


def test_what_lies_beside_an_image_is_linked(service: AllWiseService, images: Any) -> None:
    row = next(row for row in images if (row["coadd_id"], row["sia_bp_id"]) == (TILE, "W2"))
    assert row["sia_url"] == f"{service.url}/ibe/data/{address(TILE, 2)}"
    assert row["unc_url"] == f"{service.url}/ibe/data/{address(TILE, 2, 'unc', 'fits.gz')}"
    assert row["cov_url"] == f"{service.url}/ibe/data/{address(TILE, 2, 'cov', 'fits.gz')}"
    place = {"bucket_name": "nasa-irsa-wise", "key": key(TILE, 2), "region": "us-west-2"}
    assert json.loads(row["cloud_access"]) == {"aws": place}


def test_params_are_those_of_the_archive(service: AllWiseService) -> None:
    document = votable.parse(io.BytesIO(service.get(f"{SIA}?POS={STAR[0]},{STAR[1]}").body))
    params = {param.name: param.value for param in document.get_first_table().params}
    params |= {param.name: param.value for param in document.resources[0].params}
    expected = {"sia_pixflags": "CZ", "sia_radesys": "FK5", "sia_equinox": 2000.0, "sia_bp_unit": "meters"}
    assert params.items() >= expected.items()


def test_the_tutorials_cutout_of_the_image(hdulist: Any) -> None:
    wcs = WCS(hdulist[0].header)
    cutout = Cutout2D(hdulist[0].data, position=POSITION, size=1 * u.arcmin, wcs=wcs)
    assert cutout.data.shape == (44, 44)


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize(("product", "ending"), [("int", "fits"), ("unc", "fits.gz"), ("cov", "fits.gz")])
@pytest.mark.parametrize("zipped", [True, False])
def test_cutouts_of_every_product_are_astropys(
    service: AllWiseService, tile: str, product: str, ending: str, zipped: bool
) -> None:
    query = f"center={STAR[0]},{STAR[1]}&size=50arcsec&gzip={int(zipped)}"
    answer = service.get(f"/ibe/data/{address(tile, 3, product, ending)}?{query}")
    assert answer.status == 200
    assert answer.body.startswith(b"\x1f\x8b") == zipped
    name = f"{tile}-w3-{product}-3.fits"
    assert name in answer.headers["content-disposition"]
    cut = fits.open(io.BytesIO(gzip.decompress(answer.body) if zipped else answer.body))[0]
    whole = fits.open(io.BytesIO(tile_image(tile, 3, product)))[0]
    expected = Cutout2D(whole.data, POSITION, 50 * u.arcsec, wcs=WCS(whole.header))
    assert abs(cut.data.shape[0] - 50 / 1.375) < 1
    x, y = WCS(whole.header).world_to_pixel(WCS(cut.header).pixel_to_world(0, 0))
    column, row = round(float(x)), round(float(y))
    assert abs(x - column) + abs(y - row) < 1e-6
    rows, columns = cut.data.shape
    np.testing.assert_array_equal(cut.data, whole.data[row : row + rows, column : column + columns])
    assert abs(expected.origin_original[0] - column) <= 1


def test_a_whole_image_is_a_redirect_to_its_key(service: AllWiseService) -> None:
    answer = service.get(f"/ibe/data/{address(TILE, 1)}")
    assert answer.status == 302
    assert answer.headers["location"] == f"{service.images}/{key(TILE, 1)}"
    assert service.get(f"/ibe/data/{address(TILE, 1, 'unc', 'fits.gz')}").status == 302
    assert service.get(f"/ibe/data/{address(TILE, 1).replace('w1', 'w9')}").status == 404


def test_folders_are_those_of_the_archive(service: AllWiseService) -> None:
    def links(path: str) -> list[str]:
        return re.findall(r'<a href="[^"]*">([^<.][^<]*)</a>', service.get(f"/ibe/data/{path}").body.decode())

    assert links("") == ["wise/"]
    assert links("wise/") == ["allwise/"]
    assert links("wise/allwise/") == ["p3am_cdd/"]
    refused = service.get("/ibe/data/wise/allwise/p3am_cdd/31/")
    assert (refused.status, b"may not be listed" in refused.body) == (404, True)


def test_the_archives_own_search(service: AllWiseService) -> None:
    answer = service.get(f"{SEARCH}?{urlencode({'POS': f'{STAR[0]},{STAR[1]}', 'where': 'band = 3'})}").body
    table = Table.read(answer.decode(), format="ascii.ipac")
    assert table.colnames[:8] == [
        *("in_row_id", "in_ra", "in_dec", "coadd_id", "band", "naxis1", "naxis2", "crval1")
    ]
    assert set(table["band"]) == {3}
    assert (table["ctype1"][0], table["ctype2"][0], table["equinox"][0]) == ("RA---SIN", "DEC--SIN", 2000.0)
    condition = f"coadd_id = '{TILE}' and equinox > 1999 and ctype1 like '%SIN'"
    by_id = service.get(f"{SEARCH}?{urlencode({'where': condition, 'ct': 'csv'})}")
    assert len(by_id.body.splitlines()) == 1 + len(MAGZP)


def test_links_of_an_image_lead_to_what_lies_beside_it(service: AllWiseService) -> None:
    identifier = f"ivo://skybatch/allwise?{address(TILE, 4)}"
    answer = service.get(f"/datalink/links?{urlencode({'ID': identifier})}")
    rows = votable.parse(io.BytesIO(answer.body)).get_first_table().to_table()
    found = {row["semantics"]: row for row in rows}
    assert found["#this"]["access_url"] == f"{service.url}/ibe/data/{address(TILE, 4)}"
    assert found["#error"]["access_url"] == f"{service.url}/ibe/data/{address(TILE, 4, 'unc', 'fits.gz')}"
    assert found["#weight"]["access_url"] == f"{service.url}/ibe/data/{address(TILE, 4, 'cov', 'fits.gz')}"
    assert (found["#error"]["description"], found["#error"]["content_type"]) == (
        "Uncertainty, 1 sigma",
        "image/fits",
    )
    assert "#cutout" in found


def test_soda_cuts_an_image(service: AllWiseService) -> None:
    identifier = f"ivo://skybatch/allwise?{address(TILE, 2)}"
    query = urlencode({"ID": identifier, "CIRCLE": f"{STAR[0]} {STAR[1]} 0.005"})
    cut = fits.open(io.BytesIO(service.get(f"/soda/sync?{query}").body))[0]
    assert cut.header["BAND"] == 2


@pytest.mark.parametrize("collection", ["wise_allwise", "allwise"])
def test_astroquerys_query_sia(service: AllWiseService, collection: str) -> None:
    from astroquery.ipac.irsa import IrsaClass

    client = IrsaClass()
    client.sia_url = f"{service.url}/sia2"
    found = client.query_sia(pos=(POSITION, 0.01 * u.deg), collection=collection)
    assert len(found) == len(TILES) * len(MAGZP)
    by_band = {row["energy_bandpassname"]: row for row in found}
    assert {band: by_band[band]["s_resolution"] for band in ("W1", "W2", "W3", "W4")} == {
        **{"W1": 6.1, "W2": 6.4, "W3": 6.5, "W4": 12.0}
    }
    assert set(found["obs_collection"]) == {"wise_allwise"}
    assert (by_band["W1"]["calib_level"], by_band["W1"]["facility_name"]) == (3, "WISE")
    assert json.loads(by_band["W1"]["cloud_access"])["aws"]["bucket_name"] == "nasa-irsa-wise"


def test_astroquerys_ibe(service: AllWiseService, tmp_path: Path) -> None:
    from astroquery.ipac.irsa.ibe import IbeClass

    client = IbeClass()
    client.cache_location = tmp_path
    client.URL = f"{service.url}/ibe/"
    client.MISSION, client.DATASET, client.TABLE = "wise", "allwise", "p3am_cdd"
    assert client.list_missions(cache=False) == ["wise"]
    assert client.list_datasets(cache=False) == ["allwise"]
    assert client.list_tables(cache=False) == ["p3am_cdd"]
    assert "coadd_id" in list(client.get_columns()["name"])
    table = client.query_region(coordinate=POSITION, where="band <= 2", columns=["coadd_id", "band"])
    assert sorted(set(table["band"])) == [1, 2]


def test_pyvos_image_search(service: AllWiseService) -> None:
    import pyvo

    found = pyvo.dal.SIAService(f"{service.url}{SIA}?").search(pos=POSITION, size=0.01)
    assert len(found) == len(TILES) * len(MAGZP)
    assert found[0].getdataurl().startswith(f"{service.url}/ibe/data/wise/allwise/p3am_cdd/")
    with fits.open(found[0].getdataurl(), cache=False) as hdus:
        assert hdus[0].header["COADDID"] in TILES


VOTABLES = {
    "sia": f"{SIA}?POS={STAR[0]},{STAR[1]}",
    "sia, metadata": f"{SIA}?FORMAT=METADATA",
    "search": f"{SEARCH}?POS={STAR[0]},{STAR[1]}&RESPONSEFORMAT=VOTABLE",
    "sia2": f"/sia2/query?POS=CIRCLE+{STAR[0]}+{STAR[1]}+0.1",
    "links": f"/datalink/links?{urlencode({'ID': f'ivo://skybatch/allwise?{address(TILE, 4)}'})}",
}


@pytest.mark.skipif(shutil.which("stilts") is None, reason="stilts is not installed")
@pytest.mark.parametrize("what", VOTABLES)
def test_votlint_finds_no_error(service: AllWiseService, tmp_path: Path, what: str) -> None:
    document = tmp_path / "answer.xml"
    document.write_bytes(service.get(VOTABLES[what]).body)
    done = subprocess.run(
        ["stilts", "votlint", "ucd=false", str(document)], capture_output=True, text=True, timeout=120
    )
    assert "ERROR" not in done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr


def test_the_coverage_is_read_by_mocpy(service: AllWiseService) -> None:
    from mocpy import MOC

    survey = next(each for each in service.get("/surveys").json()["surveys"] if each["id"] == "allwise")
    assert set(survey["coverage"]) == {"svg", "fits", "json"}
    location = service.get("/surveys/allwise/coverage.fits").headers["location"]
    with fits.open(location, cache=False) as hdus:
        content = io.BytesIO()
        hdus.writeto(content)
    content.seek(0)
    moc = MOC.from_fits(content)
    assert moc.contains_skycoords(POSITION)
    assert moc.sky_fraction == pytest.approx(survey["sky_fraction"])
    page = service.call("GET", "/surveys", accept="text/html").body.decode()
    assert 'src="surveys/allwise/coverage.svg"' in page
    assert service.call("HEAD", "/surveys/allwise/coverage.json").status == 302


@pytest.mark.parametrize("form", ["ipac", "csv"])
def test_an_answer_of_the_search_is_a_metadata_table(
    service: AllWiseService, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "meta"
    path.write_bytes(service.get(f"{SEARCH}?POS={STAR[0]},{STAR[1]}&SIZE=0.1&ct={form}").body)
    images, wrong = well_placed(read_table_images([path], SURVEY))
    assert (len(images), wrong) == (len(TILES) * len(MAGZP), [])
    first = next(image for image in images if (image.fields["coadd_id"], image.band) == (TILE, "w1"))
    assert first.wcs is not None
    assert (first.wcs.crval1, first.wcs.crval2) == TILES[TILE]
    assert first.values == {"magzp": 20.5, "magzpunc": 0.006}


def test_the_examples_of_the_reference_run_as_they_stand(
    service: AllWiseService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On an archive without 2MASS, but for those about a batch, and that which starts one."""
    monkeypatch.chdir(tmp_path)
    programs = Page(service.get("/docs").body.decode()).all("pre")
    shown = [
        each for each in programs if not re.search(r"/\{\w+\}", each.text)
    ]  # of batches, and a mail's link
    failed = []
    for program in shown:
        label = program.attributes["aria-label"]
        try:
            if not label.startswith("submitBatch"):
                _run(program.attributes["data-kind"], program.text)
        except (OSError, subprocess.CalledProcessError) as error:
            failed.append((label, program.text, getattr(error, "stdout", ""), error))
    capsys.readouterr()
    assert failed == []
    assert len(shown) > 60
    (cutout,) = tmp_path.glob("*-w1-int-3.fits")
    assert fits.getdata(cutout).shape == (100, 100)


def _run(kind: str, program: str) -> None:
    if kind == "python":
        exec(compile(program, "example", "exec"), {})
        return
    command = f'curl() {{ command curl -sS --fail-with-body "$@"; }}; {program}'
    subprocess.run(["bash", "-c", command], check=True, capture_output=True, timeout=60)
