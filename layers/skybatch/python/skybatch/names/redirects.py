"""Which redirects of a name service are followed: over https, to the host that is configured."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urljoin, urlsplit

from skybatch.names.response_parsers import InvalidResponse

STATUSES = (301, 302, 303, 307, 308)


def redirect_target(configured: str, url: str, location: str) -> str:
    """Return the address that a response from ``url`` redirects to.

    A service could otherwise send the caller to any address inside the network of the deployment. A service
    that is configured at a local address may redirect within it, over http too.

    Raises
    ------
    InvalidResponse
        For an address at another host than the ``configured`` one, or without https.
    """
    target = urljoin(url, location)
    own, other = urlsplit(configured), urlsplit(target)
    is_secure = other.scheme == "https" and other.hostname == own.hostname and other.port in (None, 443)
    is_within = _origin(own) == _origin(other) and (other.scheme == "https" or _is_local(own.hostname or ""))
    if "@" in other.netloc or not (is_secure or is_within):
        raise InvalidResponse("redirects to an address that is not its own")
    return target


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
