"""Checks named by sentences of the survey documentation, and short ways to make requests for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skybatch.errors import InvalidRequest
from skybatch.requests.model import Region, Request, Row
from skybatch.settings import Settings
from tests.support.tables.request_tables import LIMITS, parsed_request

Check = Callable[[], None]


class RuleChecks(dict[str, Check]):
    """Checks of the survey documentation, by the sentence that each of them checks."""

    def check(self, *sentences: str) -> Callable[[Check], Check]:
        """Register a function as the check of these sentences."""

        def register(check: Check) -> Check:
            for sentence in sentences:
                self[sentence] = check
            return check

        return register


def refused(**fields: object) -> InvalidRequest:
    """The error that these fields cause."""
    with pytest.raises(InvalidRequest) as caught:
        parsed_request(**fields)
    return caught.value


def region(**fields: object) -> Region:
    """The region of a region request."""
    given = {"mode": "region", "center": "10 20", "diameter": 0.5, **fields}
    found = parsed_request(**given).region
    assert found is not None
    return found


def positions(header: str, *lines: str, **fields: object) -> tuple[Row, ...]:
    """The rows of a small CSV table of positions."""
    return parsed_request(mode="positions", table="\n".join([header, *lines]), **fields).rows


def scans(header: str, *lines: str, limits: Settings = LIMITS, **fields: object) -> tuple[Row, ...]:
    """The rows of a small CSV table of scans."""
    return parsed_request(limits, mode="scans", table="\n".join([header, *lines]), **fields).rows


def keys(header: str, *lines: str, **fields: object) -> tuple[Row, ...]:
    """The rows of a small CSV table of coadd keys."""
    return parsed_request(mode="coadd_keys", table="\n".join([header, *lines]), **fields).rows


def scan_request(**fields: object) -> Request:
    """A request of one scan."""
    given = {"mode": "scan", "date": "971031", "hemisphere": "north", "scan": 96, **fields}
    return parsed_request(**given)
