"""A request as its caller sent it: without what API Gateway and the proxies in front of it add or hide.

A stage of another name than ``$default`` begins ``rawPath``. Whether the path of a custom domain's API
mapping does is told differently by AWS's guide (no) and by others (yes); a CDN in front sends on what it was
configured to. The service knows the path of its own public address.

The source address is that of whoever is connected to API Gateway: behind a CDN, one of its own.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit


def direct_event(event: dict[str, Any], public_url: str, proxies: int) -> dict[str, Any]:
    """Return an event of API Gateway as if its caller had sent the request to it.

    ``rawPath`` is the route's path, behind no more than the stage; ``sourceIp`` the caller's address.

    Parameters
    ----------
    public_url
        The address that the service is known by, empty for API Gateway's own.
    proxies
        How many proxies of the operator pass on the requests. Each adds to ``X-Forwarded-For`` the address
        that is connected to it; what stands before those may be written by anyone.
    """
    context = event["requestContext"]
    http = {**context["http"], "sourceIp": _caller(event, proxies)}
    path = _routed_path(event, public_url)
    return {**event, "rawPath": path, "requestContext": {**context, "http": http}}


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


def _caller(event: dict[str, Any], proxies: int) -> str:
    """Return the caller's address, that of the last proxy where those before it do not tell one."""
    connected = str(event["requestContext"]["http"].get("sourceIp") or "")
    addresses = [one.strip() for one in event.get("headers", {}).get("x-forwarded-for", "").split(",")]
    if not proxies or len(addresses) <= proxies:
        return connected
    told = addresses[-1 - proxies]
    return told if _is_address(told) else connected


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
