"""Addresses of one site are one caller, in every form in which they can come."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.callers.networks import site_network


@given(st.ip_addresses(v=6, network="2000::/3"), st.integers(0, 2**80 - 1))
def test_addresses_of_one_site_are_one_caller(address: IPv6Address, low: int) -> None:
    if address.teredo or address.sixtofour:
        return
    other = IPv6Address(int(address) >> 80 << 80 | low)
    assert site_network(str(address)) == site_network(str(other))


def test_another_site_is_another_caller() -> None:
    assert site_network("2001:db8:1::1") != site_network("2001:db8:2::1")
    assert site_network("2001:db8:1::1") == site_network("2001:db8:1:ffff:1:2:3:4")


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_every_ipv4_address_is_a_caller_of_its_own(one: IPv4Address, other: IPv4Address) -> None:
    assert (site_network(str(one)) == site_network(str(other))) == (one == other)


@pytest.mark.parametrize(
    "written",
    [
        "::ffff:192.0.2.7",  # mapped
        "64:ff9b::192.0.2.7",  # NAT64
        "2002:c000:207::1",  # 6to4
        "2002:c000:207:ffff::9",
        "2001:0:4136:e378:8000:63bf:3fff:fdf8",  # Teredo: the address is inverted
        " 192.0.2.7",
    ],
)
def test_an_ipv4_address_in_an_ipv6_one_is_that_caller(written: str) -> None:
    assert site_network(written) == "192.0.2.7"


def test_two_clients_of_one_teredo_server_are_two_callers() -> None:
    one, other = "2001:0:4136:e378:8000:63bf:3fff:fdf8", "2001:0:4136:e378:8000:63bf:3fff:fdd2"
    assert site_network(one) != site_network(other)


@pytest.mark.parametrize("text", ["", "somebody", "192.0.2.7.8"])
def test_what_is_no_address_stands_for_itself(text: str) -> None:
    assert site_network(text) == text
