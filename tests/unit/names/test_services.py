"""Addresses and limits of the name services, as built in and as a deployment configures them."""

from __future__ import annotations

from skybatch.names.services import IRSA, NED, SERVICES, SIMBAD, configured_services


def test_without_settings_the_services_are_at_their_own_addresses() -> None:
    assert configured_services() == SERVICES


def test_an_address_is_a_template_or_a_base() -> None:
    base = "http://127.0.0.1:1"
    services = configured_services(
        irsa=base, ned=f"{base}/srs/ObjectLookup?name={{name}}", simbad=f"{base}/", timeout=2.0
    )
    assert [service.url_template for service in services] == [
        "http://127.0.0.1:1/cgi-bin/Lookup/nph-lookup?location={name}",
        "http://127.0.0.1:1/srs/ObjectLookup?name={name}",
        "http://127.0.0.1:1/cgi-bin/nph-sesame/-oI/S?{name}",
    ]
    assert {service.timeout for service in services} == {2.0}


def test_only_ned_gets_an_interval() -> None:
    assert [service.interval for service in configured_services(ned_interval=3.0)] == [0.0, 3.0, 0.0]


def test_ned_allows_one_request_a_second_and_the_others_several_at_a_time() -> None:
    assert (NED.max_concurrent, NED.interval) == (1, 1.0)
    assert IRSA.max_concurrent > 1
    assert SIMBAD.max_concurrent > 1
