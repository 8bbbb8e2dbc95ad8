"""The single exposures of WISE and NEOWISE by their packaged descriptions, on made and genuine frames."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from astropy.coordinates import FK5, SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.cli.command_line import main
from skybatch.inventory.cache import open_inventories
from skybatch.surveys.catalogue import packaged_description
from tests.e2e.crops import Judge
from tests.support.survey.shipped.shipped_survey import ShippedSurvey, mirrored_survey, shipped_survey
from tests.support.survey.shipped.wise import FRAME, PHASES, bands_of, key, make_frame, replace_by_genuine
from tests.support.survey.wise_frames import GENUINE

# What the descriptions of the phases may say differently.
OWN = r"(id|title|short|acknowledgement|references|dataset|genuine|unverified|prefix) = "
OF_NAMES = r"(file|colour|collection|did) +?= "
OF_BANDS = r'(exposure|resolution|table) = |  \{ id = "w[1-4]"'


@pytest.mark.parametrize("survey", PHASES)
def test_each_phase_is_indexed_and_searched(
    survey: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_frame(tmp_path, survey)
    bands = bands_of(survey)
    with shipped_survey(survey, tmp_path) as shipped:
        count = len(bands)
        said = capsys.readouterr().out
        assert f"{survey}: {count} images, {2 * count} companions, {count} ignored, 0 unmatched" in said
        found = shipped.sia(FRAME.ra, FRAME.dec)
        assert sorted(found["sia_bp_id"]) == [band.upper() for band in bands]
        titles = [f"{PHASES[survey][2]} {band.upper()} Frame 127 in scan 01772a" for band in bands]
        assert sorted(found["sia_title"]) == titles
        own = found.colnames[found.colnames.index("sia_cd") + 1 :]
        assert own[:7] == [
            "sia_mjd_obs", "sia_bp_id", "sia_bp_ref", "sia_bp_hi", "sia_bp_lo", "magzp", "magzpunc",
        ]  # fmt: skip
        assert own[7:12] == ["unc_url", "mask_url", "scan_id", "frame_num", "cloud_access"]
        assert set(found["sia_mjd_obs"]) == {55238.15739468}
        assert all(f'"key": "{PHASES[survey][0]}2a/01772a/127/' in row for row in found["cloud_access"])
        native = shipped.search("scan_id='01772a' and frame_num=127")
        assert list(native.colnames[:4]) == ["scan_id", "scangrp", "frame_num", "band"]
        assert sorted(native["band"]) == [int(band[1]) for band in bands]
        assert set(native["scangrp"]) == {"2a"}
        address = shipped.survey.address(survey)
        assert all(f"/ibe/data/{address}2a/01772a/127/" in url for url in found["mask_url"])


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedSurvey]:
    if not GENUINE.exists():
        pytest.skip(f"there is no {GENUINE}")
    root = tmp_path_factory.mktemp("mirror")
    make_frame(root, "wise-allsky", shrink=1)
    replace_by_genuine(root)
    with mirrored_survey("wise-allsky", root, tmp_path_factory.mktemp("description")) as mirrored:
        yield mirrored


@pytest.mark.parametrize(("x", "y"), [(508.5, 508.5), (30.0, 990.0), (1000.0, 12.0)])
def test_crops_of_the_genuine_frame_and_its_neighbours_are_astropys(
    mirror: ShippedSurvey, x: float, y: float
) -> None:
    genuine = gzip.decompress(GENUINE.read_bytes())
    wcs = WCS(fits.Header.fromstring(genuine))
    sky = SkyCoord(*wcs.all_pix2world(x, y, 1), unit="deg", frame=FK5(equinox="J2000")).icrs
    ra, dec = float(sky.ra.deg), float(sky.dec.deg)
    images = mirror.crops(f"ra,dec,size\n{ra!r},{dec!r},60\n", bands="all")
    assert "0001_wise_allsky_01772a127_w3.fits" in images
    for name, crop in images.items():
        band = name.split("_")[-1][:2]
        judge = Judge(genuine if band == "w3" else (mirror.root / key("wise-allsky", band)).read_bytes())
        assert judge.check(crop) == judge.expected_box(ra, dec, 60)


def test_the_phases_are_described_alike() -> None:
    """Six files for one camera: they differ in names, places and bands alone."""
    common = [
        [
            line
            for line in packaged_description(survey).splitlines()
            if not re.match(f"{OWN}|{OF_NAMES}|{OF_BANDS}", line)
        ]
        for survey in PHASES
    ]
    assert all(lines == common[0] for lines in common)


def test_the_archive_s_table_and_a_header_each_give_the_inventory_of_all_headers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table has no matrix and no polynomials: they are read of the first bytes of each image."""
    make_frame(tmp_path, "neowise")
    with shipped_survey("neowise", tmp_path) as shipped:
        of_headers = shipped.sia(FRAME.ra, FRAME.dec)
        rows = [f"01772a,2a,127,{band},2,63,63,RA---SIN-SIP,19.25" for band in (1, 2, 1)]
        table = tmp_path / "p1bm_frm.csv"
        head = "scan_id,scangrp,frame_num,band,naxis,naxis1,naxis2,ctype1,magzp"
        table.write_text("\n".join([head, *rows, "01772a,2a,128,1,2,63,63,RA---SIN-SIP,19.25"]))
        index = ["archive", "index", str(tmp_path), "--survey", "neowise", "--images", str(tmp_path)]
        capsys.readouterr()
        assert main([*index, "--table", str(table)]) != 0
        assert "--existence probe" in capsys.readouterr().err
        assert main([*index, "--table", str(table), "--existence", "probe"]) == 0
        said = capsys.readouterr()
        assert "2 images stored" in said.out
        assert "not stored, as are 1 images" in said.out + said.err
        again = replace(shipped, open=open_inventories(shipped.objects))
        of_table = again.sia(FRAME.ra, FRAME.dec)
        places = ["sia_bp_id", "sia_crval", "sia_crpix", "sia_cd", "sia_mjd_obs", "filesize"]
        assert of_table[places].pformat() == of_headers[places].pformat()
        assert set(of_table["magzp"]) == {19.25}
