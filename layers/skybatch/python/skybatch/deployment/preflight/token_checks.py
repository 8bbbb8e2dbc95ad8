"""Tokens of a private deployment: whether API Gateway can check those of the issuer that is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from skybatch.client.connections import ConnectionLost, Connections, root_cause
from skybatch.deployment.aws_calls import Clients
from skybatch.deployment.findings import Finding, error, ok
from skybatch.deployment.preflight.planned_stack import PlannedStack

DISCOVERY = "/.well-known/openid-configuration"
# (URL) -> the JSON object there. Raises ConnectionLost, ValueError.
Fetch = Callable[[str], Mapping[str, Any]]


def check_tokens(stack: PlannedStack, _: Clients) -> Iterator[Finding]:
    """Read what the issuer publishes; nothing where the deployment is open to all."""
    issuer, audience = stack.parameter("JwtIssuer"), stack.parameter("JwtAudience")
    if not issuer:
        yield ok("tokens", "none are asked for: JwtIssuer is empty")
        return
    if not audience:
        yield error("tokens", "JwtIssuer is given without JwtAudience", "JwtAudience=the aud of your tokens")
        return
    yield from issuer_findings(issuer, partial(_fetch, Connections({})))


def issuer_findings(issuer: str, fetch: Fetch) -> Iterator[Finding]:
    """Hold what an issuer publishes against what API Gateway needs: TLS, its own name, RSA keys with ids."""
    if not issuer.startswith("https://"):
        yield error("tokens", f"{issuer}: API Gateway asks issuers by https alone", "give its https address")
        return
    url = issuer.rstrip("/") + DISCOVERY
    try:
        document = fetch(url)
        keys = fetch(str(document.get("jwks_uri") or url)).get("keys")
    except (ConnectionLost, ValueError) as failed:
        yield error("tokens", f"{url} cannot be read: {root_cause(failed)}", "see the issuer's documentation")
        return
    if document.get("issuer") != issuer:
        named = str(document.get("issuer"))[:100]
        yield error("tokens", f"the issuer calls itself {named!r}", "give JwtIssuer so, to the last slash")
    elif usable := [key for key in keys if _is_usable(key)] if isinstance(keys, list) else []:
        yield ok("tokens", f"{len(usable)} RSA keys of {issuer}")
    else:
        yield error("tokens", f"{issuer} has no RSA key with an id", "API Gateway knows no other keys")


def _is_usable(key: object) -> bool:
    return (
        isinstance(key, dict)
        and key.get("kty") == "RSA"
        and bool(key.get("kid"))
        and key.get("use", "sig") == "sig"
    )


def _fetch(connections: Connections, url: str) -> Mapping[str, Any]:
    response = connections.request("GET", url, None, {}, follow_redirects=True)
    found = json.loads(response.data) if response.status == 200 else None
    if not isinstance(found, dict):
        raise ValueError(f"{url} answers {response.status}, and no JSON object")
    return found
