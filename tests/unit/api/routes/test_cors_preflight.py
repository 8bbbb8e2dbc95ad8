"""CORS preflight requests."""

from __future__ import annotations

import pytest

from tests.support.servers.http import HttpClient


@pytest.mark.parametrize("path", ["/ibe/data/twomass", "/sia2/query", "/cgi-bin/2MASS/IM/nph-im"])
def test_a_browser_may_send_any_header_from_any_origin(search: HttpClient, path: str) -> None:
    answer = search.call("OPTIONS", path)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "*"
    assert {"GET", "HEAD", "POST"} <= set(answer.headers["access-control-allow-methods"].split(", "))
