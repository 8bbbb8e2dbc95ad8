"""The issuer publishes the key that its tokens are signed with."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from local.token_issuer import AUDIENCE, serve_tokens


def number(text: str) -> int:
    return int.from_bytes(decoded(text))


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def test_its_tokens_are_verified_by_the_key_that_its_discovery_names() -> None:
    """Checked by cryptography alone, apart from the library that signs."""
    with serve_tokens() as issuer:
        discovery = get(f"{issuer.url}/.well-known/openid-configuration")
        assert discovery["issuer"] == issuer.url
        (key,) = get(discovery["jwks_uri"])["keys"]
        token = get(discovery["token_endpoint"])["access_token"]
    assert "d" not in key
    head, claims, signature = token.split(".")
    public = RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
    public.verify(decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), SHA256())
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "RS256", "kid": key["kid"]}
    told = json.loads(decoded(claims))
    assert (told["iss"], told["aud"], told["exp"] - told["iat"]) == (issuer.url, AUDIENCE, 3600)


def test_claims_are_replaced_or_left_out() -> None:
    with serve_tokens() as issuer:
        claims = json.loads(decoded(issuer.token(aud=None, client_id="x").split(".")[1]))
    assert (claims["client_id"], "aud" in claims) == ("x", False)


@pytest.mark.parametrize("path", ["/", "/elsewhere"])
def test_there_is_nothing_else(path: str) -> None:
    with serve_tokens() as issuer, pytest.raises(urllib.error.HTTPError, match="404"):
        get(issuer.url + path)
