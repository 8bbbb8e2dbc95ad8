"""Every rule that the survey's documentation states of lists of positions, by its own wording.

What a rule says of images (which match, which is best, what is repeated) is the planner's and tested there.
"""

from __future__ import annotations

import pytest

from skybatch.errors import TooLarge
from skybatch.sky.position import SkyPosition
from tests.support.tables import request_tables as tables
from tests.support.tables.documented_rules import RuleChecks, keys, positions, refused, scans
from tests.support.tables.request_tables import parsed_request, parsed_rows

RULES = RuleChecks()


@RULES.check(
    "the table is assumed to contain column(s) corresponding to a search position, typically ra and dec"
)
def _() -> None:
    assert positions("ra,dec", "10,20")[0].position == SkyPosition(10.0, 20.0)
    for header in (
        *(
            "RAJ2000,DEJ2000",
            "_RAJ2000,_DEJ2000",
            "raj2000,decj2000",
            "ra_j2000,dec_j2000",
            "RA_ICRS,DE_ICRS",
        ),
        *("s_ra,s_dec", "alpha,delta", "RA,DEC", "ra,dec,alpha,delta", "alpha,delta,Ra,Dec"),
    ):
        values = "10,20" if header.count(",") == 1 else "10,20,10,20"
        assert positions(header, values)[0].position == SkyPosition(10.0, 20.0)
    assert "ra" in refused(mode="positions", table="x,y\n1,2").detail


@RULES.check("Acceptable values can be decimal degrees, sexagesimal, or even object names.")
def _() -> None:
    rows = positions("ra,dec,objname", "150,-15.5,", "10:00:00,-15:30:00,", ",,m83", "m83,,", "10h -15d,,")
    assert [row.position for row in rows] == [
        SkyPosition(150.0, -15.5),
        SkyPosition(150.0, -15.5),
        None,
        None,
        SkyPosition(150.0, -15.0),
    ]
    assert [row.name for row in rows] == [None, None, "m83", "m83", None]
    for column in ("objname", "object", "name", "target", "locstr"):
        table = f"{column}\nm83\n17h44m34s -27d59m13s\n34.5565 54.2321 gal\n"
        assert [row.name for row in parsed_request(mode="positions", table=table).rows] == ["m83", None, None]


@RULES.check("Three other columns, size, best, and id can optionally appear in the table.")
def _() -> None:
    (row,) = positions("ra,dec,size,best,id", "10,20,50,y,star 1")
    assert (row.size, row.best_only, row.id) == (50.0, True, "star 1")
    (row,) = positions("ra,dec", "10,20")
    assert (row.size, row.best_only, row.id) == (None, False, None)


@RULES.check(
    "If present, size must contain a subimage size (in arcseconds) for each position in the table.",
    "If the value of size is non-null and positive, then the images returned for the corresponding position"
    " will be cropped to the desired width/height.",
)
def _() -> None:
    assert [row.size for row in positions("ra,dec,size", "1,2,50", "1,2,0.5", "1,2,1e2")] == [
        50.0,
        0.5,
        100.0,
    ]
    error = refused(mode="positions", table="ra,dec,size\n1,2,50\n1,2,50 arcsec\n1,2,inf")
    assert [(e.line, e.row, e.column, e.value) for e in error.errors] == [
        (3, 2, "size", "50 arcsec"),
        (4, 3, "size", "inf"),
    ]


@RULES.check("If the value is empty, null, or zero, no cropping will occur.")
def _() -> None:
    rows = positions("ra,dec,size", "1,2,", "1,2,null", "1,2,NULL", "1,2,0", "1,2,0.0", "1,2,-5", "1,2,nan")
    assert [row.size for row in rows] == [None] * 7


@RULES.check("A value of 'n' or 'N' indicates that all images covering the position should be retrieved")
def _() -> None:
    assert [row.best_only for row in positions("ra,dec,best", "1,2,n", "1,2,N", best=True)] == [False, False]


@RULES.check("'y' or 'Y' will limit retrieval to the \"best\" image")
def _() -> None:
    assert [row.best_only for row in positions("ra,dec,best", "1,2,y", "1,2,Y", best=False)] == [True, True]
    assert [e.column for e in refused(mode="positions", table="ra,dec,best\n1,2,maybe").errors] == ["best"]


@RULES.check(
    "If the column is not present, or a column value is null or empty, then behaviour is determined by the"
    " best query input.",
    "if the position table contains a column named best, then the value of this input is ignored"
    " for positions with a non-null and non-empty best column value",
)
def _() -> None:
    for setting in (True, False):
        assert positions("ra,dec", "1,2", best=setting)[0].best_only is setting
        rows = positions("ra,dec,best", "1,2,", "1,2,null", "1,2,y", "1,2,n", best=setting)
        assert [row.best_only for row in rows] == [setting, setting, True, False]


@RULES.check("positions are also uniquely identified by their table row numbers")
def _() -> None:
    assert [row.row_number for row in positions("ra,dec", "1,2", "1,2", "3,4")] == [1, 2, 3]


@RULES.check("This identifier, which may be at most 15 characters long, is stored in the id column")
def _() -> None:
    for rows, at in (
        (positions, "ra,dec,id\n1,2,"),
        (keys, "coadd_key,id\n1,"),
        (scans, "xdate,hem,scan,id\n971031,n,9,"),
    ):
        header, start = at.split("\n")
        assert rows(header, start + "123456789 12345")[0].id == "123456789 12345"
        # A longer one, which the old service refused, is cut; the whole is kept beside it.
        (longer,) = rows(header, start + "123456789 123456")
        assert (longer.id, longer.given_id) == ("123456789 12345", "123456789 123456")


@RULES.check("Any other columns in the table are ignored by the 2MASS Batch Image Service.")
def _() -> None:
    assert positions("ra,dec,flux,hem", "1,2,high,x") == positions("ra,dec", "1,2")
    assert keys("coadd_key,best", "5,perhaps") == keys("coadd_key", "5")
    assert scans("xdate,hem,scan,ra", "971031,n,9,?") == scans("xdate,hem,scan", "971031,n,9")


@RULES.check("The table must consist of no more than 2500 positions (rows).")
def _() -> None:
    assert len(positions("ra,dec", *["1,2"] * 2500)) == 2500
    with pytest.raises(TooLarge, match="2500"):
        positions("ra,dec", *["1,2"] * 2501)


@RULES.check("will return all the FITS images covering the given position, without subsetting them")
def _() -> None:
    expected = [{"number": 1, "bands": "jhk", "sky": [65.497627, 19.53507]}]
    assert parsed_rows("positions", tables.POSITIONS_ALL) == expected
    assert parsed_rows("positions", tables.POSITIONS_ALL, best=True) == expected


@RULES.check('will return only the "best" FITS image for that same position')
def _() -> None:
    expected = [{"number": 1, "bands": "jhk", "sky": [65.497627, 19.53507], "best": True}]
    assert parsed_rows("positions", tables.POSITIONS_BEST) == expected


@RULES.check("the next table will cause the returned FITS image to be cropped to a width of 50 arc seconds")
def _() -> None:
    expected = [{"number": 1, "bands": "jhk", "sky": [65.497627, 19.53507], "best": True, "size": 50.0}]
    assert parsed_rows("positions", tables.POSITIONS_CROP) == expected


@RULES.check("Here is one last example of a valid position table (partial output of a Gator query)")
def _() -> None:
    skies = [[218.793021, -29.988167], [218.889627, -23.928709], [219.026042, -25.927643]]
    expected = [{"number": n, "bands": "jhk", "sky": sky} for n, sky in enumerate(skies, 1)]
    assert parsed_rows("positions", tables.POSITIONS_GATOR) == expected


@pytest.mark.parametrize("sentence", RULES)
def test_rule(sentence: str) -> None:
    RULES[sentence]()
