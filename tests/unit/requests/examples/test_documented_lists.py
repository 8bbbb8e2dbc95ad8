"""Every rule that the survey's documentation states of lists of keys and scans, by its own wording.

What a rule says of images (which match, which is best, what is repeated) is the planner's and tested there.
"""

from __future__ import annotations

import pytest

from skybatch.errors import TooLarge
from tests.support.tables import request_tables as tables
from tests.support.tables.documented_rules import RuleChecks, keys, refused, scans
from tests.support.tables.request_tables import parsed_rows

RULES = RuleChecks()


@RULES.check("a column named coadd_key must appear in the table")
def _() -> None:
    assert [e.column for e in refused(mode="coadd_keys", table="key\n5").errors] == ["coadd_key"]


@RULES.check("This column must contain the integer coadd_key values of the images to retrieve.")
def _() -> None:
    assert [row.coadd_key for row in keys("coadd_key", "1590591", "7.0", "+8")] == [1590591, 7, 8]
    bad = ["1.5", "a", "-1", "0", "2147483648", "1e3", "0x10", "null", "99999999999999999999"]
    error = refused(mode="coadd_keys", table="\n".join(["coadd_key,band", *(f"{text},j" for text in bad)]))
    assert [(e.row, e.line) for e in error.errors] == [(n, n + 1) for n in range(1, len(bad) + 1)]


@RULES.check("'j' or 'J': retrieve J-band image only")
def _() -> None:
    assert [row.bands for row in keys("coadd_key,band", "5,j", "5,J")] == [("j",), ("j",)]
    assert [row.bands for row in scans("xdate,hem,scan,band", "971031,n,9,j", "971031,n,9,J")] == [("j",)] * 2


@RULES.check("'h' or 'H': retrieve H-band image only")
def _() -> None:
    assert [row.bands for row in keys("coadd_key,band", "5,h", "5,H")] == [("h",), ("h",)]
    assert [row.bands for row in scans("xdate,hem,scan,band", "971031,n,9,h", "971031,n,9,H")] == [("h",)] * 2


@RULES.check("'k' or 'K': retrieve Ks-band image only")
def _() -> None:
    assert [row.bands for row in keys("coadd_key,band", "5,k", "5,K", "5,Ks")] == [("k",)] * 3
    assert [row.bands for row in scans("xdate,hem,scan,band", "971031,n,9,k", "971031,n,9,K")] == [("k",)] * 2


@RULES.check("'a' or 'A': retrieve images for all three 2MASS bands")
def _() -> None:
    assert [row.bands for row in keys("coadd_key,band", "5,a", "5,A", bands="J")] == [("j", "h", "k")] * 2
    rows = scans("xdate,hem,scan,band", "971031,n,9,a", "971031,n,9,A", bands="J")
    assert [row.bands for row in rows] == [("j", "h", "k")] * 2
    assert [e.column for e in refused(mode="coadd_keys", table="coadd_key,band\n5,x").errors] == ["band"]


@RULES.check("If the band column is not present, the global input band determines which bands to retrieve.")
def _() -> None:
    assert keys("coadd_key", "5", bands="H")[0].bands == ("h",)
    assert keys("coadd_key,band", "5,null", "5,", bands="H")[0].bands == ("h",)
    assert scans("xdate,hem,scan", "971031,n,9", bands=["J", "K"])[0].bands == ("j", "k")


@RULES.check("this means that the table can contain a maximum of 2500 rows")
def _() -> None:
    assert len(keys("coadd_key", *["5"] * 2500)) == 2500
    with pytest.raises(TooLarge):
        keys("coadd_key", *["5"] * 2501)


@RULES.check(
    "will return 3 FITS images - the J, H, and Ks bands of the image set with a coadd_key value of 1590591"
)
def _() -> None:
    assert parsed_rows("coadd_keys", tables.KEYS_THREE) == [
        {"number": n, "bands": band, "coadd_key": 1590591} for n, band in enumerate("jhk", 1)
    ]


@RULES.check("The following table more succintly references the same images (coadd_key)")
def _() -> None:
    assert parsed_rows("coadd_keys", tables.KEYS_ALL) == [{"number": 1, "bands": "jhk", "coadd_key": 1590591}]


@RULES.check("Here is one more example of a valid coadd_key table")
def _() -> None:
    assert parsed_rows("coadd_keys", tables.KEYS_MIXED) == [
        {"number": 1, "bands": "jhk", "id": "1", "coadd_key": 1590591},
        {"number": 2, "bands": "jhk", "id": "59", "coadd_key": 1230312},
        {"number": 3, "bands": "j", "id": "3", "coadd_key": 1590590},
        {"number": 4, "bands": "k", "id": "200", "coadd_key": 699387},
    ]


@RULES.check("three columns named xdate, hem, and scan must appear in the table")
def _() -> None:
    for missing in ("xdate", "hem", "scan"):
        header = ",".join(name for name in ("xdate", "hem", "scan", "image") if name != missing)
        error = refused(mode="scans", table=f"{header}\n1,1,1")
        assert [e.column for e in error.errors] == [missing]


@RULES.check(
    "must contain the the observation dates (in yymmdd format), observatory hemispheres,"
    " and nightly scan numbers"
)
def _() -> None:
    rows = scans("xdate,hem,scan", "000804,n,1", "971031,N,999", "981121,s,69", "981121,S,69")
    assert [(row.date, row.hem, row.scan) for row in rows] == [
        ("000804", "n", 1),
        ("971031", "n", 999),
        ("981121", "s", 69),
        ("981121", "s", 69),
    ]


@RULES.check("Three other columns, band, image, and id, may optionally be specified.")
def _() -> None:
    (row,) = scans("xdate,hem,scan,band,image,id", "971031,n,96,k,197,mine")
    assert (row.bands, row.image, row.id) == (("k",), 197, "mine")


@RULES.check("must contain image numbers for specific 2MASS Image sets")
def _() -> None:
    assert [row.image for row in scans("xdate,hem,scan,image", "971031,n,9,197", "971031,n,9,8.0")] == [
        197,
        8,
    ]
    assert [e.column for e in refused(mode="scans", table="xdate,hem,scan,image\n971031,n,9,x").errors] == [
        "image"
    ]


@RULES.check(
    "if a column value contains a null, empty, negative or zero value then all image sets will be retrieved"
)
def _() -> None:
    rows = scans("xdate,hem,scan,image", *[f"971031,n,9,{text}" for text in ("null", "", "-1", "0", "-0.0")])
    assert [row.image for row in rows] == [None] * 5
    assert scans("xdate,hem,scan", "971031,n,9")[0].image is None


@RULES.check(
    "The table must consist of no more than 2500 2MASS Image sets.",
    "Rows which do not have an image column value, or which have a null, empty, negative or zero image column"
    " value count as 23 2MASS Image sets.",
    "All other rows count as 1 2MASS Image set.",
)
def _() -> None:
    header = "xdate,hem,scan,image"
    single = ["971031,n,9,5"]
    whole = ["971031,n,9,", "971031,n,9,null", "971031,n,9,-1", "971031,n,9,0"]
    assert len(scans(header, *single * 2500)) == 2500
    assert len(scans(header, *whole * 27, *single * (2500 - 27 * 4 * 23))) == 27 * 4 + 16
    for lines in (single * 2501, [*whole * 27, *single * 17], whole[:1] * 109):
        with pytest.raises(TooLarge):
            scans(header, *lines)
    assert len(scans("xdate,hem,scan", *["971031,n,9"] * 108)) == 108
    with pytest.raises(TooLarge, match="2507 image sets and may ask for 2500"):
        scans("xdate,hem,scan", *["971031,n,9"] * 109)


@RULES.check("will return 6 FITS images")
def _() -> None:
    sets = [("971031", 96, 197, band) for band in "jhk"] + [("981121", 69, 256, band) for band in "jhk"]
    assert parsed_rows("scans", tables.SCANS_SIX) == [
        {"number": n, "bands": band, "date": date, "hem": "n", "scan": scan, "image": image}
        for n, (date, scan, image, band) in enumerate(sets, 1)
    ]


@RULES.check("The following table more succintly references the same images (scans)")
def _() -> None:
    sets = [("971031", 96, 197), ("981121", 69, 256)]
    assert parsed_rows("scans", tables.SCANS_TWO) == [
        {"number": n, "bands": "jhk", "date": date, "hem": "n", "scan": scan, "image": image}
        for n, (date, scan, image) in enumerate(sets, 1)
    ]


@RULES.check(
    "references all images of scan 96 (northern observatory hemisphere, October 31, 1997), as does this table"
)
def _() -> None:
    expected = [{"number": 1, "bands": "jhk", "date": "971031", "hem": "n", "scan": 96}]
    for table in (tables.SCANS_EMPTY_IMAGE, tables.SCANS_NULL_IMAGE, tables.SCANS_NO_IMAGE):
        assert parsed_rows("scans", table) == expected


@pytest.mark.parametrize("sentence", RULES)
def test_rule(sentence: str) -> None:
    RULES[sentence]()
