"""Every rule that the survey's documentation states of common inputs, regions, scans, by its own wording.

What a rule says of images (which match, which is best, what is repeated) is the planner's and tested there.
"""

from __future__ import annotations

import pytest

from skybatch.requests.model import Row
from skybatch.sky.position import SkyPosition
from tests.support.tables import request_tables as tables
from tests.support.tables.documented_rules import RuleChecks, refused, region, scan_request
from tests.support.tables.request_tables import parsed_request

RULES = RuleChecks()


@RULES.check(
    "There are five image retrieval modes provided by the Batch Service",
    "The query inputs common to all of the retrieval modes are described in the Common Inputs section",
)
def _() -> None:
    common = {"email": "a@b.org", "bands": "H", "image_type": "quicklook", "decompress": False, "label": "x"}
    requests = [
        parsed_request(mode="region", center="10 20", diameter=1, **common),
        parsed_request(mode="positions", table=tables.POSITIONS_ALL, **common),
        parsed_request(mode="coadd_keys", table="coadd_key\n5", **common),
        scan_request(**common),
        parsed_request(mode="scans", table="xdate,hem,scan\n971031,n,96", **common),
    ]
    for request in requests:
        assert (request.email, request.bands, request.label) == ("a@b.org", ("h",), "x")
        assert (request.image_type, request.decompress) == ("quicklook", False)
        assert all(row.bands == ("h",) for row in request.rows)
    assert [r.mode for r in requests] == ["region", "positions", "coadd_keys", "scan", "scans"]
    assert [e.column for e in refused(mode="sixth").errors] == ["mode"]


@RULES.check("a message is sent to the specified e-mail address when a query completes")
def _() -> None:
    assert scan_request(email=" someone@example.org ").email == "someone@example.org"
    for bad in (
        "nobody",
        "a@b",
        "a@b.org,c@d.org",
        "a b@c.org",
        "a@b.org\nBcc: c@d.org",
        "x" * 250 + "@b.org",
    ):
        assert [e.column for e in refused(mode="scan", email=bad).errors] == ["email"]


@RULES.check("J: Selecting this option will cause only J-band images to be retrieved.")
def _() -> None:
    assert scan_request(bands="J").bands == ("j",)


@RULES.check("H: Selecting this option will cause only H-band images to be retrieved.")
def _() -> None:
    assert scan_request(bands="H").bands == ("h",)


@RULES.check("Ks: Selecting this option will cause only Ks-band images to be retrieved.")
def _() -> None:
    assert scan_request(bands="Ks").bands == scan_request(bands="K").bands == ("k",)


@RULES.check("All: Selecting this option will cause images for all three bands to be retrieved.")
def _() -> None:
    for every in ("all", "All", ["J", "H", "Ks"], "k h j", None, []):
        assert scan_request(bands=every).bands == ("j", "h", "k")
    assert scan_request(bands=["K", "J"]).bands == ("j", "k")
    assert refused(mode="scan", bands="L").errors[0].column == "bands"


@RULES.check(
    "When this option is checked, Quicklook Images are decompressed with hcompress prior to retrieval."
)
def _() -> None:
    assert scan_request().decompress
    assert scan_request(decompress="on").decompress


@RULES.check("If unchecked, they are left in compressed form")
def _() -> None:
    assert not scan_request(decompress=False).decompress
    assert not scan_request(decompress="off").decompress


@RULES.check("retrieves all the 2MASS Images which overlap or cover or are enclosed by the region")
def _() -> None:
    assert [region(relation=word).relation for word in ("overlap", "cover", "enclosed", None)] == [
        "overlap",
        "cover",
        "enclosed",
        "overlap",
    ]
    given = {"mode": "region", "center": "1 2", "diameter": 1, "relation": "touch"}
    assert [e.column for e in refused(**given).errors] == ["relation"]


@RULES.check("This input field must contain either a sky coordinate or an object name")
def _() -> None:
    assert region(center="10 20").center == SkyPosition(10.0, 20.0)
    assert region(center="10 20").name is None
    assert (region(center="m83").center, region(center="m83").name) == (None, "m83")
    assert [e.column for e in refused(mode="region", center=" ", diameter=1).errors] == ["center"]
    row = parsed_request(mode="region", center="m83", diameter=1).rows
    assert row == (Row(1, ("j", "h", "k"), name="m83"),)


@RULES.check(
    "If the input field contains a string which can be interpreted as a coordinate representation,"
    " it is used as such"
)
def _() -> None:
    assert region(center="004244.3 -411608").name is None


@RULES.check("both decimal degree and sexagesimal notations are supported")
def _() -> None:
    assert region(center="150.0 -15.5").center == region(center="10:00:00 -15:30:00").center


@RULES.check(
    "If not, the string is sent first to IRSA, then to NED, and finally to SIMBAD to attempt name resolution."
)
def _() -> None:
    for name in ("NGC 7479", "2MASXJ23045666+1219223", "m83", "0957+561"):
        assert region(center=name).name == name


@RULES.check("This input field must be set to the diameter (in degrees) of the region")
def _() -> None:
    assert region(diameter="1.25").diameter == 1.25
    invalid: list[object] = ["", None, "wide", "nan", "inf", True, "1e400", [], {}]
    for bad in invalid:
        assert [e.column for e in refused(mode="region", center="10 20", diameter=bad).errors] == ["diameter"]


@RULES.check("The minimum allowed diameter is 0.05 degrees, and the maximum is 7.0 degrees.")
def _() -> None:
    for fits in (0.05, 7.0, 3):
        request = parsed_request(mode="region", center="1 2", diameter=fits)
        assert request.notices == ()
        assert request.region is not None
        assert request.region.diameter == fits


@RULES.check("Values which do not fall into this range will automatically be clamped to lie in [0.05, 7.0].")
def _() -> None:
    for asked, clamped in ((0, 0.05), (-3, 0.05), (0.049, 0.05), (7.01, 7.0), ("1e9", 7.0)):
        request = parsed_request(mode="region", center="1 2", diameter=asked)
        assert request.region is not None
        assert request.region.diameter == clamped
        assert len(request.notices) == 1
        assert f"was set to {clamped:g}" in request.notices[0]


@RULES.check("you must specify exactly 6 numeric characters corresponding to a date in yymmdd format")
def _() -> None:
    for date in ("970804", "000804", "010804", "010104", "010204", "010205", " 970804 "):
        assert scan_request(date=date).rows == (Row(1, ("j", "h", "k"), date=date.strip(), hem="n", scan=96),)
    for bad in ("97084", "9708040", "19970804", "97-8-4", "Aug 4", "971301", "970230", "٩٧٠٨٠٤", 804, ""):
        given = {"mode": "scan", "date": bad, "hemisphere": "n", "scan": 1}
        assert [e.column for e in refused(**given).errors] == ["date"]
        if bad:
            table = f"xdate,hem,scan\n{bad},n,1"
            assert [e.column for e in refused(mode="scans", table=table).errors] == ["xdate"]


@RULES.check("the service will not check to see if there were any 2MASS observations on the specified date")
def _() -> None:
    assert scan_request(date="310101").rows[0].date == "310101"


@RULES.check("There are only two possible values: north (Mt. Hopkins), and south (Cerro Tololo).")
def _() -> None:
    for word, hem in (("north", "n"), ("South", "s"), ("N", "n"), ("s", "s")):
        assert scan_request(hemisphere=word).rows[0].hem == hem
    for bad in ("east", "", 1, "northern"):
        given = {"mode": "scan", "date": "971031", "hemisphere": bad, "scan": 1}
        assert [e.column for e in refused(**given).errors] == ["hemisphere"]


@RULES.check("The value must be an integer between 1 and 999 (inclusive).")
def _() -> None:
    assert [scan_request(scan=text).rows[0].scan for text in (1, "999", "069")] == [1, 999, 69]
    for bad in (0, 1000, -1, "1.5", "one", None, True):
        given = {"mode": "scan", "date": "971031", "hemisphere": "n", "scan": bad}
        assert [e.column for e in refused(**given).errors] == ["scan"]
    for bad in (0, 1000, -1, "1.5", "one", "null", ""):
        table = f"xdate,hem,scan\n971031,n,{bad}"
        assert [e.column for e in refused(mode="scans", table=table).errors] == ["scan"]


@pytest.mark.parametrize("sentence", RULES)
def test_rule(sentence: str) -> None:
    RULES[sentence]()
