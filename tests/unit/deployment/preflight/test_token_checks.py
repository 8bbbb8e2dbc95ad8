"""Tokens: an issuer that API Gateway could not ask is found before the deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from local.token_issuer import serve_tokens
from skybatch.client.connections import Connections
from skybatch.deployment.findings import Level
from skybatch.deployment.preflight.token_checks import _fetch, check_tokens, issuer_findings
from tests.support.deployment.planned import faults, levels, planned, planned_with, set_clients

ISSUER = "https://issuer.example/realm"
KEYS = [{"kty": "RSA", "kid": "a", "use": "sig"}, {"kty": "EC", "kid": "b"}]


def published(keys: Any = KEYS, **changes: Any) -> Any:
    document = {"issuer": ISSUER, "jwks_uri": "https://issuer.example/keys"} | changes

    def fetch(url: str) -> Mapping[str, Any]:
        return {f"{ISSUER}/.well-known/openid-configuration": document, document["jwks_uri"]: {"keys": keys}}[
            url
        ]

    return fetch


def test_an_open_deployment_asks_nothing() -> None:
    assert levels(list(check_tokens(planned(), set_clients()))) == {"tokens": Level.OK}


@pytest.mark.parametrize(
    "given",
    [{"JwtIssuer": ISSUER}, {"JwtIssuer": "http://127.0.0.1:9", "JwtAudience": "a"}],
)
def test_what_needs_no_question_to_be_wrong(given: dict[str, str]) -> None:
    assert faults(list(check_tokens(planned_with(**given), set_clients()))) == {"tokens"}


def test_an_issuer_with_an_rsa_key_is_well() -> None:
    (found,) = issuer_findings(ISSUER, published())
    assert (found.level, found.fact[0]) == (Level.OK, "1")


@pytest.mark.parametrize(
    "fetch",
    [
        published(issuer=f"{ISSUER}/"),
        published([{"kty": "EC", "kid": "b"}]),
        published([{"kty": "RSA"}]),
        published([{"kty": "RSA", "kid": "a", "use": "enc"}]),
        published(None),
        published("text"),
    ],
)
def test_what_api_gateway_could_not_use(fetch: Any) -> None:
    (found,) = issuer_findings(ISSUER, fetch)
    assert (found.level, bool(found.action)) == (Level.ERROR, True)


@pytest.mark.parametrize("error", [HTTPError("no route"), ValueError("no JSON")])
def test_an_issuer_that_does_not_answer(error: Exception) -> None:
    def away(_: str) -> Mapping[str, Any]:
        raise error

    (found,) = issuer_findings(ISSUER, away)
    assert found.level is Level.ERROR


def test_its_documents_are_read_over_http() -> None:
    with serve_tokens() as issuer:
        document = _fetch(Connections({}), f"{issuer.url}/.well-known/openid-configuration")
        assert document["issuer"] == issuer.url
        with pytest.raises(ValueError, match="404"):
            _fetch(Connections({}), f"{issuer.url}/elsewhere")
