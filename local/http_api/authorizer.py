"""A JWT authorizer of an HTTP API: which tokens it takes (API Gateway's guide, "JWT authorizers").

Signatures are checked by joserfc against the keys of the issuer's own discovery document.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from local.http_api import response
from local.http_api.request import ApiRequest
from local.http_api.response import ApiResponse

ALGORITHMS = ["RS256", "RS384", "RS512"]  # API Gateway knows no others
DISCOVERY = "/.well-known/openid-configuration"
KEYS_SECONDS = 7200  # for which API Gateway may keep an issuer's keys
FETCH_SECONDS = 10.0

# (URL) -> the JSON object there. Raises OSError, ValueError.
Fetch = Callable[[str], dict[str, Any]]


class Unauthorized(Exception):
    """No token, or one that is not taken; the text is the reason, empty where there is no token."""


class Forbidden(Exception):
    """A token that is taken, without a scope that the route asks for."""


def fetch_json(url: str) -> dict[str, Any]:
    """Return the JSON object at a URL."""
    with urllib.request.urlopen(url, timeout=FETCH_SECONDS) as answer:
        found = json.load(answer)
    if not isinstance(found, dict):
        raise ValueError(f"{url} is no JSON object")
    return found


@dataclass
class JwtAuthorizer:
    """An authorizer of one issuer.

    Attributes
    ----------
    issuer
        Compared with a token's ``iss`` as it is, and the base of the discovery document.
    audience
        Of which a token's ``aud``, or ``client_id`` where it has none, must be one.
    """

    issuer: str
    audience: Sequence[str]
    fetch: Fetch = fetch_json
    clock: Callable[[], float] = time.time
    _keys: KeySet | None = field(default=None, repr=False)
    _fetched: float = field(default=0.0, repr=False)

    def authorize(self, request: ApiRequest, scopes: Sequence[str]) -> dict[str, Any]:
        """Return what ``requestContext.authorizer`` has of a request's token.

        Raises
        ------
        Unauthorized
            There is no token, or it is not taken.
        Forbidden
            It has none of the scopes.
        """
        claims = self.claims(bearer_token(request.header("authorization")))
        granted = _scopes(claims)
        if scopes and not set(scopes) & set(granted):
            raise Forbidden("insufficient_scope")
        return {"jwt": {"claims": _texts(claims), "scopes": granted or None}}

    def claims(self, token: str) -> dict[str, Any]:
        """Return the claims of a token, its signature and times checked. Raises Unauthorized."""
        try:
            decoded = jwt.decode(token, self._key_of, algorithms=ALGORITHMS)
        except (JoseError, ValueError, OSError) as error:
            raise Unauthorized(f"signature method or key: {error}") from None
        self._check(decoded.claims)
        return decoded.claims

    def _key_of(self, token: Any) -> Any:
        """Return the key that a token's header names; a token without the name of a key is not taken."""
        named = token.headers().get("kid")
        if not named:
            raise ValueError("the token names no key (kid)")
        return self._key_set().get_by_kid(named)

    def _key_set(self) -> KeySet:
        if self._keys is None or self.clock() - self._fetched > KEYS_SECONDS:
            document = self.fetch(self.issuer.rstrip("/") + DISCOVERY)
            self._keys = KeySet.import_key_set(self.fetch(str(document["jwks_uri"])))  # type: ignore[arg-type]
            self._fetched = self.clock()
        return self._keys

    def _check(self, claims: Mapping[str, Any]) -> None:
        """Raise Unauthorized for another issuer or audience, or outside the token's time."""
        now = self.clock()
        audience = claims.get("aud", claims.get("client_id", ()))
        named = [audience] if isinstance(audience, str) else list(audience or ())
        if claims.get("iss") != self.issuer:
            raise Unauthorized("invalid issuer")
        if not set(named) & set(self.audience):
            raise Unauthorized("invalid audience")
        if not _number(claims.get("exp"), 0.0) > now:
            raise Unauthorized("the token has expired")
        if any(_number(claims.get(name), now) > now for name in ("nbf", "iat")):
            raise Unauthorized("the token is not valid yet")


def bearer_token(header: str) -> str:
    """Return the token of an Authorization header, with or without ``Bearer``. Raises Unauthorized."""
    first, _, rest = header.strip().partition(" ")
    token = rest.strip() if first.lower() == "bearer" else header.strip()
    if not token:
        raise Unauthorized("")
    return token


def refused(error: Unauthorized | Forbidden) -> ApiResponse:
    """Return the answer of API Gateway to a request that an authorizer did not let pass."""
    if isinstance(error, Forbidden):
        answer, challenge = response.FORBIDDEN, 'Bearer scope="" error="insufficient_scope"'
    else:
        reason = str(error).replace('"', "'").replace("\n", " ")
        answer = response.UNAUTHORIZED
        challenge = (
            f'Bearer scope="" error="invalid_token" error_description="{reason}"' if reason else "Bearer"
        )
    return ApiResponse(answer.status, [*answer.headers, ("WWW-Authenticate", challenge)], answer.body)


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise


def _scopes(claims: Mapping[str, Any]) -> list[str]:
    granted = claims.get("scope", claims.get("scp", ()))
    return granted.split() if isinstance(granted, str) else [str(each) for each in granted]


def _texts(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return claims as an event has them: all are texts, lists in brackets."""
    return {
        name: f"[{' '.join(map(str, value))}]" if isinstance(value, list) else str(value)
        for name, value in claims.items()
    }
