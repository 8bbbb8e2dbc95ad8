"""One HTTP request as API Gateway delivers it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2


@dataclass(frozen=True)
class HttpRequest:
    """A request in API Gateway's payload format 2.0.

    Parameters
    ----------
    event
        The event of the Lambda call.
    public_url
        Where callers reach the service if that is not API Gateway's own domain; no slash at its end.
    """

    event: APIGatewayProxyEventV2
    public_url: str = ""

    @property
    def method(self) -> str:
        """The HTTP method in capitals."""
        return str(self.event.http_method)

    @property
    def link_method(self) -> Literal["GET", "HEAD"]:
        """The method that a presigned URL must be signed for, to be of use to this caller."""
        return "HEAD" if self.method == "HEAD" else "GET"

    @property
    def path(self) -> str:
        """The path without the stage."""
        return str(self.event.path)

    @property
    def raw_query(self) -> str:
        """The query string as it was sent."""
        return str(self.event.raw_query_string or "")

    @property
    def body(self) -> bytes:
        """The body, empty where there is none."""
        text = self.event.body or ""
        return base64.b64decode(text) if self.event.is_base64_encoded else text.encode()

    @property
    def content_type(self) -> str:
        """The Content-Type header with its parameters, empty where it was not sent."""
        return self.header("content-type")

    @property
    def base_url(self) -> str:
        """Where the service was reached, without a slash at its end; never taken from a Host header."""
        if self.public_url:
            return self.public_url
        context = self.event.request_context
        stage = "" if context.stage == "$default" else f"/{context.stage}"
        return f"https://{context.domain_name}{stage}"

    @property
    def source_ip(self) -> str:
        """The caller's IP address as API Gateway saw it."""
        return self.event.request_context.http.source_ip or ""

    @property
    def accepts_html(self) -> bool:
        """Whether a browser is asking, rather than a program."""
        return "text/html" in self.header("accept")

    def header(self, name: str) -> str:
        """Return a request header, empty where it was not sent. API Gateway sends names in lower case."""
        return str((self.event.headers or {}).get(name.lower(), ""))

    def query_parameter(self, name: str) -> str | None:
        """Return one parameter of the query string, None where it is absent."""
        return self.event.get_query_string_value(name)

    @property
    def query_parameters(self) -> dict[str, list[str]]:
        """All parameters of the query string, each with its values in their order."""
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.raw_query, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found
