"""20,000 requests that schemathesis makes of the OpenAPI document, to every operation: no 5xx."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

import obstore
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from local.fake_resolvers import FakeResolvers
from skybatch.api.app import HttpApp
from skybatch.api.openapi.published import published_document
from skybatch.names.resolver import Resolver
from skybatch.settings import Settings
from skybatch.storage import links
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service
from tests.support.servers.http import CONTEXT, http_answer, http_event, make_dependencies
from tests.support.servers.name_services import fake_resolver
from tests.support.survey.sample_archive import MadeArchive

BASE_URL = "http://service"
SEARCH_PATHS = ("/ibe", "/cgi-bin", "/sia2", "/SIA", "/soda", "/datalink")
SUBMISSIONS = ("/batches", "/plans", "/tables")
REQUESTS = 20_000
EXAMPLES = 300  # of each operation in a round
SCHEMA = schemathesis.openapi.from_dict(published_document(Settings(), BASE_URL))
OPERATIONS = {
    operation.ok().label: operation.ok()
    for operation in SCHEMA.get_all_operations()
    if isinstance(operation, Ok)
}
WAYS = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def how(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )


class Functions:
    """The three functions over one archive and a batch that has ended; counts what they answer."""

    def __init__(self, resolver: Resolver) -> None:
        archive = MadeArchive(centres=[(314.30417, 77.595559)])
        service = Service(archive)
        accepted = service.submit(mode="positions", table="ra,dec,size\n314.30417,77.595559,50\n")
        service.run(accepted)
        self.batch_id = accepted.record.batch_id
        self.statuses: Counter[int] = Counter()
        dependencies = make_dependencies(
            results=service.objects,
            archive=archive.objects,
            open_inventory=archive.open,
            name_resolver=lambda: resolver,
            clock=lambda: 1200.0,
        )
        self._apps = {
            name: HttpApp(dependencies, load_function(name).ROUTES)
            for name in ("planner", "portal", "search")
        }

    def send(self, case: Case[Any]) -> None:
        """Send one request to the function that the template routes it to."""
        given_ = case.as_transport_kwargs(base_url=BASE_URL)
        sent = requests.Request(**{name: given_[name] for name in given_ if name in _TAKEN}).prepare()
        path = (sent.path_url or "/").partition("?")[0]
        body = _bytes(sent.body)
        headers = {name: _text(value) for name, value in sent.headers.items()}
        # Without a caller's address, which allowances are counted by.
        event = http_event(sent.method or "GET", sent.path_url, body, headers, source_ip="")
        answer = http_answer(self._apps[_function(sent.method or "GET", path)].handle(event, CONTEXT))
        assert answer.status < 500, (sent.method, sent.path_url, body[:500], answer)
        self.statuses[answer.status] += 1


_TAKEN = ("method", "url", "headers", "files", "data", "params", "cookies", "json")


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else b""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _function(method: str, path: str) -> str:
    if path.startswith(SEARCH_PATHS):
        return "search"
    submits = method == "POST" and (path in SUBMISSIONS or path.endswith(("/resubmit", "/cancel")))
    return "planner" if submits else "portal"


@pytest.fixture
def _signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores in memory sign no URLs."""
    monkeypatch.setattr(obstore, "sign", lambda store, method, paths, expires_in: f"https://s3/{paths}")
    monkeypatch.setattr(links, "_signed_with", lambda overrides, url, objects, method: url)


def drive(functions: Functions, examples: int, start: int = 0) -> None:
    """Send so many requests of each operation; about batches, of one that exists and of others."""
    for operation in OPERATIONS.values():

        @seed(start)
        @how(examples)
        @given(
            case=st.one_of([operation.as_strategy(generation_mode=way) for way in WAYS]), known=st.booleans()
        )
        def send(case: Case[Any], known: bool) -> None:
            if known and "id" in case.path_parameters:
                case.path_parameters["id"] = functions.batch_id
            functions.send(case)

        send()


@pytest.mark.usefixtures("_signed")
def test_requests_of_the_document_never_make_a_function_fail() -> None:
    with FakeResolvers() as fakes:
        functions = Functions(fake_resolver(fakes))
        drive(functions, 4)
    assert {200, 400} <= functions.statuses.keys()


@pytest.mark.soak
@pytest.mark.usefixtures("_signed")
def test_twenty_thousand_requests_of_the_document_never_make_a_function_fail() -> None:
    with FakeResolvers() as fakes:
        functions = Functions(fake_resolver(fakes))
        for start in count():  # some operations have few different requests
            drive(functions, EXAMPLES, start)
            if functions.statuses.total() >= REQUESTS:
                break
    print(f"\n{functions.statuses.total():,} requests to {len(OPERATIONS)} operations: {functions.statuses}")
