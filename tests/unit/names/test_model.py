"""What the responses for a name say together, and how they are stored."""

from __future__ import annotations

import json

import pytest

from skybatch.names.model import LookupStatus, NameResult, ServiceResponse
from skybatch.sky.position import SkyPosition

M83 = SkyPosition(204.253958, -29.865417)
FOUND = ServiceResponse("NED", LookupStatus.FOUND, "MESSIER 083", M83)
UNKNOWN = ServiceResponse("IRSA", LookupStatus.UNKNOWN, "not recognized")
UNAVAILABLE = ServiceResponse("SIMBAD", LookupStatus.UNAVAILABLE, "answered HTTP 503")


@pytest.mark.parametrize(
    ("responses", "status", "source"),
    [
        ((UNKNOWN, FOUND), LookupStatus.FOUND, "NED"),
        ((UNAVAILABLE, FOUND), LookupStatus.FOUND, "NED"),
        ((UNKNOWN,), LookupStatus.UNKNOWN, None),
        ((UNKNOWN, UNAVAILABLE), LookupStatus.UNAVAILABLE, None),
    ],
)
def test_a_name_is_unknown_only_if_every_service_said_so(
    responses: tuple[ServiceResponse, ...], status: LookupStatus, source: str | None
) -> None:
    result = NameResult("m83", responses)
    assert (result.status, result.source) == (status, source)
    assert result.position == (M83 if source else None)


def test_the_explanation_names_each_service_with_its_message() -> None:
    result = NameResult("m83", (UNKNOWN, UNAVAILABLE))
    assert result.explanation() == "IRSA: not recognized; SIMBAD: answered HTTP 503"


def test_stored_results_keep_their_layout_and_read_back_the_same() -> None:
    result = NameResult("m83", (UNKNOWN, FOUND))
    stored = {
        "name": "m83",
        "replies": [
            {"service": "IRSA", "state": "unknown", "words": "not recognized", "sky": None},
            {"service": "NED", "state": "found", "words": "MESSIER 083", "sky": [M83.ra, M83.dec]},
        ],
    }
    assert json.loads(json.dumps(result.to_json())) == stored
    assert NameResult.from_json(stored) == result


def test_an_unavailable_service_is_stored_as_down() -> None:
    assert UNAVAILABLE.to_json()["state"] == "down"
    assert ServiceResponse.from_json(UNAVAILABLE.to_json()) == UNAVAILABLE
