"""The whole interface driven by schemathesis from its own OpenAPI document: never a 5xx, never a broken word.

The bounded run is part of every test run; the long one explores far more.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.stack import Stack
from skybatch.api.openapi.published import published_document
from skybatch.settings import Settings
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)
LONG = settings(BOUNDED, max_examples=200, derandomize=False, phases=[Phase.generate, Phase.shrink])
SCHEMA = schemathesis.openapi.from_dict(published_document(Settings(), "http://stack"))
OPERATIONS = {
    operation.ok().label: operation.ok()
    for operation in SCHEMA.get_all_operations()
    if isinstance(operation, Ok)
}
WAYS = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture(scope="module")
def batch_id(service: Service) -> str:
    """A batch that has ended."""
    return str(service.run(mode="positions", table="ra,dec,size\n65.497627,19.535070,50\n")["batch_id"])


def drive(stack: Stack, label: str, batch_id: str, how: settings) -> None:
    """Send what the document allows and what it forbids; about batches, of one that exists and of others."""
    operation = OPERATIONS[label]
    cases = st.one_of([operation.as_strategy(generation_mode=way) for way in WAYS])

    @how
    @given(case=cases, known=st.booleans())
    def send(case: Case[Any], known: bool) -> None:
        if known and "id" in case.path_parameters:
            case.path_parameters["id"] = batch_id
        case.call_and_validate(base_url=stack.url, checks=CHECKS, timeout=60)

    send()


@pytest.mark.parametrize("label", OPERATIONS)
def test_nothing_makes_the_service_fail(stack: Stack, batch_id: str, label: str) -> None:
    drive(stack, label, batch_id, BOUNDED)


@pytest.mark.soak
@pytest.mark.parametrize("label", OPERATIONS)
def test_nothing_makes_the_service_fail_for_long(stack: Stack, batch_id: str, label: str) -> None:
    drive(stack, label, batch_id, LONG)


def test_the_document_served_is_the_one_driven(stack: Stack, service: Service) -> None:
    served: dict[str, Any] = service.call("/openapi.json").json()
    assert served == published_document(Settings(), stack.url)
