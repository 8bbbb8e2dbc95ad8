"""The service behind an HTTP API: preflights on every route, limits, mappings, what the template allows."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from local.http_api.request import MAX_HEAD_BYTES
from local.http_api.server import serve_api
from local.stack import Stack
from tests.support.batches.stacks import StartStack
from tests.support.batches.template import RESOURCES, of_type

pytestmark = pytest.mark.e2e

LARGEST_UPLOAD = 4_400_000
ROUTES = [RESOURCES[name]["Properties"]["RouteKey"] for name in of_type("AWS::ApiGatewayV2::Route")]
PATHS = sorted({key.partition(" ")[2] or "/nothing/here" for key in ROUTES})


@pytest.mark.parametrize("path", PATHS)
def test_a_browser_may_use_every_route_from_any_page(stack: Stack, path: str) -> None:
    for parameter in ("{id}", "{file}", "{name}", "{proxy+}"):
        path = path.replace(parameter, "x")
    sent = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,idempotency-key,range",
    }
    answer = httpx.options(stack.url + path, headers=sent, timeout=30)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "*"
    assert answer.headers["access-control-allow-methods"] == "*"
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]


def test_headers_that_aws_would_refuse_are_refused(stack: Stack) -> None:
    query = "x" * MAX_HEAD_BYTES
    assert httpx.get(f"{stack.url}/health?{query}").status_code == 431
    assert httpx.get(f"{stack.url}/health?{query[:9000]}", timeout=30).status_code == 200


@pytest.fixture(scope="module")
def elsewhere(start_stack: StartStack) -> Stack:
    """A stack that is known by an address with a path, and takes the largest uploads."""
    parameters = {"PublicUrl": "https://example.org/sky", "MaxUploadBytes": str(LARGEST_UPLOAD)}
    return start_stack(parameters=parameters)


@pytest.fixture(params=[False, True], ids=["rawPath without mapping", "rawPath with mapping"])
def mapped(elsewhere: Stack, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of its API behind an API mapping, of both kinds that are told of."""
    with serve_api() as public:
        public.open(elsewhere.api.at(mapping="sky", keeps_mapping=request.param))
        yield public.url


def test_behind_an_api_mapping_routes_and_links_are_right(mapped: str) -> None:
    assert httpx.get(f"{mapped}/sky/health", timeout=30).status_code == 200
    page = httpx.get(f"{mapped}/sky/", headers={"Accept": "text/html"}, timeout=30)
    assert page.status_code == 200
    assert 'href="/' not in page.text
    table = {"mode": "positions", "table": "ra,dec\n65.497627,19.535070\n", "bands": "J"}
    accepted = httpx.post(f"{mapped}/sky/batches", json=table, timeout=30)
    own = accepted.headers["location"]
    assert (accepted.status_code, own.startswith("https://example.org/sky/batches/")) == (202, True)
    status = httpx.get(own.replace("https://example.org", mapped), timeout=30)
    assert status.json()["batch_id"] in own
    assert httpx.get(f"{mapped}/sky/ibe/data/2mass/", timeout=30).status_code == 200
    assert httpx.get(f"{mapped}/health", timeout=30).status_code == 404


def test_the_largest_upload_that_the_template_allows_is_read(elsewhere: Stack) -> None:
    comment = "# " + "x" * 1000 + "\n"
    rows = "ra,dec\n65.497627,19.535070\n"
    form = {"mode": "positions"}
    for size, status in ((LARGEST_UPLOAD - 500, 200), (LARGEST_UPLOAD + 1, 413)):
        table = (comment * (size // len(comment))) + rows
        table = "#" * (size - len(table) - 1) + "\n" + table if size > len(table) else table
        files = {"table": ("positions.csv", table.encode()[:size])}
        answer = httpx.post(f"{elsewhere.url}/tables", data=form, files=files, timeout=60)
        assert answer.status_code == status, answer.text[:300]
