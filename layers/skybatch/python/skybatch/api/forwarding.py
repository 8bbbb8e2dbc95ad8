"""A request as its caller sent it: without what API Gateway and the proxies in front of it add or hide.

A stage of another name than ``$default`` begins ``rawPath``. Whether the path of a custom domain's API
mapping does is told differently by AWS's guide (no) and by others (yes); a CDN in front sends on what it was
configured to. The service knows the path of its own public address.

The source address is that of whoever is connected to API Gateway: behind a CDN, one of its own. What a CDN
tells of its callers is believed of requests that carry the secret it was given; anyone could send the rest.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from skybatch.settings import Settings

# By which a CDN shows that a request comes from it (AWS's examples of restricting an origin call it so).
SECRET_HEADER = "x-origin-verify"  # noqa: S105  its name
# Of CloudFront, whose value is an address and a port, without brackets around IPv6.
CLOUDFRONT_HEADER = "cloudfront-viewer-address"


@dataclass(frozen=True)
class Front:
    """What stands in front of API Gateway.

    Attributes
    ----------
    public_url
        The address that the service is known by, empty for API Gateway's own.
    proxies
        How many proxies of the operator pass on the requests. Each adds to ``X-Forwarded-For`` the address
        that is connected to it; what stands before those may be written by anyone.
    secrets
        Texts of which a CDN adds one to each request, as `SECRET_HEADER`; where there are any, nothing is
        believed of a request without one.
    viewer_header
        Header in which the CDN tells the caller's address.
    """

    public_url: str = ""
    proxies: int = 0
    secrets: tuple[str, ...] = ()
    viewer_header: str = ""

    @classmethod
    def from_settings(cls, settings: Settings) -> Front:
        """Return what the settings name; two secrets, while one replaces the other, have a comma."""
        secrets = tuple(word.strip() for word in settings.origin_secret.split(",") if word.strip())
        return cls(
            settings.public_url, settings.proxies_in_front, secrets, settings.viewer_address_header.lower()
        )


def direct_event(event: dict[str, Any], front: Front) -> dict[str, Any]:
    """Return an event of API Gateway as if its caller had sent the request to it.

    ``rawPath`` is the route's path, behind no more than the stage; ``sourceIp`` the caller's address. The
    secret of a CDN is left out.
    """
    context = event["requestContext"]
    http = {**context["http"], "sourceIp": _caller(event, front)}
    headers = {name: value for name, value in (event.get("headers") or {}).items() if name != SECRET_HEADER}
    path = _routed_path(event, front.public_url)
    return {**event, "rawPath": path, "headers": headers, "requestContext": {**context, "http": http}}


def _routed_path(event: dict[str, Any], public_url: str) -> str:
    stage = event["requestContext"].get("stage", "$default")
    prefix = "" if stage == "$default" else f"/{stage}"
    path = str(event.get("rawPath", "/"))
    for first in (urlsplit(public_url).path.rstrip("/"), prefix):
        path = _below(path, first)
    return prefix + path


def _below(path: str, first: str) -> str:
    if first and path == first:
        return "/"
    return path.removeprefix(first) if path.startswith(f"{first}/") else path


def _caller(event: dict[str, Any], front: Front) -> str:
    """Return the caller's address, that of the last proxy where those before it do not tell one."""
    headers = event.get("headers") or {}
    connected = str(event["requestContext"]["http"].get("sourceIp") or "")
    if front.secrets and not _is_secret(headers.get(SECRET_HEADER, ""), front.secrets):
        return connected
    viewer = headers.get(front.viewer_header, "") if front.secrets else ""
    told = viewer_address(front.viewer_header, viewer) or _forwarded(headers, front.proxies)
    return told or connected


def _is_secret(given: str, secrets: tuple[str, ...]) -> bool:
    """Compare in a time that tells nothing of the secrets."""
    return any(hmac.compare_digest(given.encode(), secret.encode()) for secret in secrets)


def viewer_address(header: str, value: str) -> str:
    """Return the address in a CDN's header, with or without a port; empty where there is none."""
    text = value.strip()
    if header == CLOUDFRONT_HEADER:
        text = text.rpartition(":")[0]
    elif text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return text if _is_address(text) else ""


def _forwarded(headers: Mapping[str, str], proxies: int) -> str:
    addresses = [one.strip() for one in headers.get("x-forwarded-for", "").split(",")]
    if not proxies or len(addresses) <= proxies:
        return ""
    told = addresses[-1 - proxies]
    return told if _is_address(told) else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
