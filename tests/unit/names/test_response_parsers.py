"""What the responses of IRSA, NED and SIMBAD mean; a broken one never counts as an answer."""

from __future__ import annotations

import pytest

from skybatch.names.model import LookupStatus
from skybatch.names.response_parsers import PARSERS, InvalidResponse
from skybatch.sky.position import SkyPosition

IRSA_FOUND = '{"stat": "OK", "objname": "M 83\\n", "ra2000": "204.253958", "dec2000": "-29.865417"}'
NED_FOUND = '{"Preferred": {"Name": "M 83", "Position": {"RA": 204.253958, "Dec": -29.865417}}}'
SIMBAD_FOUND = "# M 83\n%C.0 G\n%J 204.253958 -29.865417 = 13 37\n%I.0 M 83\n"


@pytest.mark.parametrize(
    ("service", "body"), [("IRSA", IRSA_FOUND), ("NED", NED_FOUND), ("SIMBAD", SIMBAD_FOUND)]
)
def test_a_found_name_has_its_position_and_its_title_on_one_line(service: str, body: str) -> None:
    response = PARSERS[service](service, body)
    assert (response.service, response.status) == (service, LookupStatus.FOUND)
    assert (response.message, response.position) == ("M 83", SkyPosition(204.253958, -29.865417))


@pytest.mark.parametrize(
    ("service", "body"),
    [
        ("IRSA", '{"stat": "ERROR", "msg": "not recognized"}'),
        ("NED", '{"ResultCode": 1}'),
        ("NED", '{"Preferred": {"Name": "an object without a position", "Position": null}}'),
        ("SIMBAD", "#! *** Nothing found ***"),
    ],
)
def test_not_found_is_unknown(service: str, body: str) -> None:
    response = PARSERS[service](service, body)
    assert (response.status, response.position) == (LookupStatus.UNKNOWN, None)


@pytest.mark.parametrize(
    ("service", "body"),
    [
        *[(name, body) for name in PARSERS for body in ("", "null", "[]", "{}", "<html>", "[" * 100_000)],
        ("IRSA", '{"stat": "OK"}'),
        ("IRSA", '{"stat": "OK", "ra2000": "nan", "dec2000": "1"}'),
        ("IRSA", '{"stat": "OK", "ra2000": "12", "dec2000": "91"}'),
        ("NED", '{"Preferred": {"Position": {"RA": null, "Dec": 1}}}'),
        ("NED", '{"ResultCode": -1}'),
        ("SIMBAD", "%J 1.2.3 +4"),
        ("SIMBAD", "%J 400 +4"),
    ],
)
def test_anything_else_is_an_invalid_response(service: str, body: str) -> None:
    with pytest.raises(InvalidResponse):
        PARSERS[service](service, body)
