"""Short ways to make and refuse requests, and to name a check by the sentences that it holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skybatch.errors import InvalidRequest
from skybatch.requests.model import Region, Request, Row
from skybatch.settings import Settings
from tests.support.request_tables import LIMITS, request_of

Check = Callable[[], None]


class Rules(dict[str, Check]):
    """Checks by the documentation's sentences."""

    def hold(self, *sentences: str) -> Callable[[Check], Check]:
        """Names a check by the sentences it holds."""

        def keep(check: Check) -> Check:
            for sentence in sentences:
                self[sentence] = check
            return check

        return keep


def refused(**fields: object) -> InvalidRequest:
    """The error these fields meet."""
    with pytest.raises(InvalidRequest) as caught:
        request_of(**fields)  # type: ignore[arg-type]
    return caught.value


def region(**fields: object) -> Region:
    """The region of a region request."""
    given = {"mode": "region", "center": "10 20", "diameter": 0.5, **fields}
    found = request_of(**given).region  # type: ignore[arg-type]
    assert found is not None
    return found


def positions(header: str, *lines: str, **fields: object) -> tuple[Row, ...]:
    """The rows of a small CSV table of positions."""
    return request_of(mode="positions", table="\n".join([header, *lines]), **fields).rows  # type: ignore[arg-type]


def scans(header: str, *lines: str, limits: Settings = LIMITS, **fields: object) -> tuple[Row, ...]:
    """The rows of a small CSV table of scans."""
    return request_of(limits, mode="scans", table="\n".join([header, *lines]), **fields).rows


def keys(header: str, *lines: str, **fields: object) -> tuple[Row, ...]:
    """The rows of a small CSV table of coadd keys."""
    return request_of(mode="coadd_keys", table="\n".join([header, *lines]), **fields).rows  # type: ignore[arg-type]


def scan_request(**fields: object) -> Request:
    """A request of one scan."""
    given = {"mode": "scan", "date": "971031", "hemisphere": "north", "scan": 96, **fields}
    return request_of(**given)  # type: ignore[arg-type]
