"""An OpenID Connect issuer on this machine, for private deployments: ``python -m local.token_issuer``.

``POST /token`` (or GET) gives a token to whoever asks, so it is for trials and tests alone.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from local.http_api.authorizer import DISCOVERY
from local.server_thread import running

AUDIENCE = "skybatch"
LIFETIME = 3600


class TokenIssuer(ThreadingHTTPServer):
    """Signs tokens with an RSA key of its own, and publishes that key as OpenID Connect Discovery has it."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.key = RSAKey.generate_key(2048, auto_kid=True)

    @property
    def url(self) -> str:
        """The issuer, as ``JwtIssuer`` and the ``iss`` of its tokens have it."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def token(self, *, key: RSAKey | None = None, algorithm: str = "RS256", **claims: Any) -> str:
        """Sign a token of an hour; ``claims`` replace those it has, None leaves one out."""
        now, signer = int(time.time()), key or self.key
        own = {"iss": self.url, "aud": AUDIENCE, "sub": "you", "iat": now, "exp": now + LIFETIME}
        told = {name: value for name, value in (own | claims).items() if value is not None}
        return jwt.encode({"alg": algorithm, "kid": signer.kid}, told, signer, algorithms=[algorithm])

    def documents(self) -> Mapping[str, dict[str, Any]]:
        """Return what the issuer publishes, by path."""
        keys = KeySet([self.key]).as_dict(private=False)
        discovery = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint": f"{self.url}/token",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        token = {"access_token": self.token(), "token_type": "Bearer", "expires_in": LIFETIME}
        return {DISCOVERY: discovery, "/keys": dict(keys), "/token": token}


class _Handler(BaseHTTPRequestHandler):
    server: TokenIssuer

    def do_GET(self) -> None:
        found = self.server.documents().get(self.path)
        body = json.dumps(found if found is not None else {"error": "not_found"}).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve_tokens(port: int = 0) -> Iterator[TokenIssuer]:
    """Serve an issuer for the length of a ``with`` block. Raises OSError for a port that is taken."""
    server = TokenIssuer(port)
    with running(server):
        yield server


def main() -> None:
    """Serve until Ctrl-C."""
    arguments = argparse.ArgumentParser(prog="python -m local.token_issuer", description=__doc__)
    arguments.add_argument("--port", type=int, default=9001, help="port on the loopback interface")
    with serve_tokens(arguments.parse_args().port) as issuer:
        print(f"JwtIssuer={issuer.url} JwtAudience={AUDIENCE}\ntokens: {issuer.url}/token", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
