"""The network that a call comes from: who is counted as one caller."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address

# The largest network that one site is given (RFC 6177), free of charge from some: within it addresses, and
# networks of 64 bits too, change at will.
IPV6_SITE_BITS = 48
# IPv4 addresses reached through IPv6 (RFC 6052, section 2.1), in the last 32 bits.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def site_network(ip: str) -> str:
    """Reduce an IPv6 address to its site's network; IPv4 addresses and other text stay as they are.

    An IPv6 address that stands for an IPv4 address (mapped, NAT64, 6to4, Teredo) is that address.
    """
    try:
        parsed = ipaddress.ip_address(ip.strip())
    except ValueError:
        return ip
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(_embedded_ipv4(parsed) or ipaddress.ip_network((int(parsed), IPV6_SITE_BITS), strict=False))


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address was made of, None for all others."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
