"""A JWT authorizer takes the tokens that API Gateway's guide says, and no others."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from local.http_api.api import HttpApi
from local.http_api.authorizer import Forbidden, JwtAuthorizer, Unauthorized
from local.http_api.cors import Cors
from local.http_api.event import Address
from local.http_api.request import ApiRequest
from local.http_api.response import ApiResponse
from local.http_api.routes import Route
from local.token_issuer import AUDIENCE, TokenIssuer, serve_tokens


def from_now(claims: dict[str, Any]) -> dict[str, Any]:
    """Return claims whose numbers are seconds from now: tests run long after they are collected."""
    return {
        name: int(time.time()) + value if isinstance(value, int) else value for name, value in claims.items()
    }


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    with serve_tokens() as serving:
        yield serving


def asked(header: str | None) -> ApiRequest:
    headers = (("Authorization", header),) if header is not None else ()
    return ApiRequest("GET", "/x", headers, b"", "192.0.2.1")


def authorizer(issuer: TokenIssuer) -> JwtAuthorizer:
    return JwtAuthorizer(issuer.url, ["other", AUDIENCE])


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", "", "Bearer   "])
def test_a_token_is_read_with_and_without_bearer(issuer: TokenIssuer, prefix: str) -> None:
    told = authorizer(issuer).authorize(asked(prefix + issuer.token()), ())
    assert told["jwt"]["claims"]["sub"] == "you"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [AUDIENCE, "third"]},
        {"aud": None, "client_id": AUDIENCE},
        {"nbf": -60},
        {"iat": None},
    ],
    ids=lambda claims: "-".join(claims),
)
def test_what_is_taken(issuer: TokenIssuer, claims: dict[str, Any]) -> None:
    authorizer(issuer).authorize(asked(f"Bearer {issuer.token(**from_now(claims))}"), ())


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "elsewhere"},
        {"aud": None},
        {"aud": "elsewhere", "client_id": AUDIENCE},  # client_id counts where there is no aud
        {"exp": -1},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": 600},
        {"iat": 600},
    ],
    ids=lambda claims: "-".join(claims),
)
def test_what_is_refused(issuer: TokenIssuer, claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        authorizer(issuer).authorize(asked(f"Bearer {issuer.token(**from_now(claims))}"), ())


def well_claimed(issuer: TokenIssuer, lifetime: int = 60) -> dict[str, Any]:
    """Return claims that are taken where the signature is right."""
    return from_now({"iss": issuer.url, "aud": AUDIENCE, "exp": lifetime})


def unsigned(issuer: TokenIssuer) -> str:
    claims = issuer.token().split(".")[1]
    return f"{encoded({'alg': 'none', 'kid': issuer.key.kid})}.{claims}."


def confused(issuer: TokenIssuer) -> str:
    """Signed by HMAC with the public key as its secret."""
    head = encoded({"alg": "HS256", "kid": issuer.key.kid})
    signed = f"{head}.{encoded(well_claimed(issuer))}"
    signature = hmac.digest(issuer.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def of_another_kind(issuer: TokenIssuer) -> str:
    key = ECKey.generate_key("P-256", auto_kid=True)
    head = {"alg": "ES256", "kid": key.kid}
    return jwt.encode(head, well_claimed(issuer), key, algorithms=["ES256"])


def by_another(issuer: TokenIssuer) -> str:
    return issuer.token(key=RSAKey.generate_key(2048, auto_kid=True))


def by_another_of_its_name(issuer: TokenIssuer) -> str:
    return issuer.token(key=RSAKey.generate_key(2048, {"kid": str(issuer.key.kid)}))


def without_the_name_of_a_key(issuer: TokenIssuer) -> str:
    return jwt.encode({"alg": "RS256"}, well_claimed(issuer), issuer.key)


def changed(issuer: TokenIssuer) -> str:
    head, _, signature = issuer.token().split(".")
    return f"{head}.{encoded(well_claimed(issuer, lifetime=10**6))}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        confused,
        of_another_kind,
        by_another,
        by_another_of_its_name,
        without_the_name_of_a_key,
        changed,
    ],
)
def test_forged_tokens_are_refused(issuer: TokenIssuer, forge: Any) -> None:
    with pytest.raises(Unauthorized):
        authorizer(issuer).authorize(asked(f"Bearer {forge(issuer)}"), ())


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic eA==", "a.b.c", "x y z"]
)
def test_what_is_no_token_is_refused(issuer: TokenIssuer, header: str | None) -> None:
    with pytest.raises(Unauthorized):
        authorizer(issuer).authorize(asked(header), ())


@pytest.mark.parametrize("claims", [{"scope": "read images"}, {"scp": ["images"]}, {"scp": "images"}])
def test_one_scope_of_the_routes_is_enough(issuer: TokenIssuer, claims: dict[str, Any]) -> None:
    told = authorizer(issuer).authorize(asked(issuer.token(**claims)), ("images", "all"))
    assert "images" in told["jwt"]["scopes"]


@pytest.mark.parametrize("claims", [{}, {"scope": "read"}, {"scp": []}])
def test_a_token_without_a_scope_of_the_routes_is_forbidden(
    issuer: TokenIssuer, claims: dict[str, Any]
) -> None:
    with pytest.raises(Forbidden):
        authorizer(issuer).authorize(asked(issuer.token(**claims)), ("images",))


def test_an_issuer_that_does_not_answer_lets_nobody_pass(issuer: TokenIssuer) -> None:
    def away(_: str) -> dict[str, Any]:
        raise OSError("no route to host")

    closed = JwtAuthorizer(issuer.url, [AUDIENCE], away)
    with pytest.raises(Unauthorized):
        closed.authorize(asked(issuer.token()), ())


# Behind the API -----------------------------------------------------------------------------------------


def call(issuer: TokenIssuer, header: str | None, scopes: tuple[str, ...] = ()) -> ApiResponse:
    route = Route("GET /x", "f", 29.0, authorizer(issuer), scopes)
    told = {"statusCode": 200, "body": "called"}
    api = HttpApi([route], Address("a", "d"), lambda *_: json.dumps(told).encode(), Cors(("*",), ("*",)))
    return api.respond(asked(header))


@pytest.mark.parametrize(
    ("token", "scopes", "status", "challenge"),
    [
        (False, (), 401, "Bearer"),
        (True, ("images",), 403, 'Bearer scope="" error="insufficient_scope"'),
    ],
)
def test_the_gateway_answers_itself(
    issuer: TokenIssuer, token: bool, scopes: tuple[str, ...], status: int, challenge: str
) -> None:
    answer = call(issuer, issuer.token() if token else None, scopes)
    assert (answer.status, dict(answer.headers)["WWW-Authenticate"]) == (status, challenge)
    assert set(json.loads(answer.body)) == {"message"}


def test_a_token_reaches_the_function(issuer: TokenIssuer) -> None:
    events: list[dict[str, Any]] = []

    def invoke(_: str, event: bytes, __: float) -> bytes:
        events.append(json.loads(event))
        return b'{"statusCode": 204}'

    route = Route("GET /x", "f", 29.0, authorizer(issuer))
    api = HttpApi([route], Address("a", "d"), invoke)
    assert api.respond(asked(f"Bearer {issuer.token(groups=['a', 'b'])}")).status == 204
    claims = events[0]["requestContext"]["authorizer"]["jwt"]["claims"]
    assert (claims["iss"], claims["groups"]) == (issuer.url, "[a b]")
