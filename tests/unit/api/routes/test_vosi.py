"""Availability and capabilities of the VO services, read as XML."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from skybatch.api.routes import vosi
from skybatch.errors import InventoryError
from tests.support.servers.http import BASE_URL, HttpClient

AVAILABLE = "{http://www.ivoa.net/xml/VOSIAvailability/v1.0}available"


def available(body: bytes) -> str | None:
    return ElementTree.fromstring(body).findtext(AVAILABLE)


def test_the_services_are_available_with_an_inventory(search: HttpClient) -> None:
    answer = search.get("/sia2/availability")
    assert (answer.status, answer.media_type) == (200, "text/xml")
    assert available(answer.body) == "true"


def test_the_services_are_not_available_without_an_inventory(search: HttpClient) -> None:
    def fail(dataset: str, version: str | None) -> Any:
        raise InventoryError("gone")

    client = HttpClient(replace(search.dependencies, open_inventory=fail), vosi.routes)
    assert available(client.get("/soda/availability").body) == "false"


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("/sia2", "/sia2/query"),
        ("/SIA", "/SIA"),
        ("/soda", "/soda/sync"),
        ("/datalink", "/datalink/links"),
        ("/ibe", "/ibe/sia/twomass/allsky/allsky"),
        ("/ibe/sia/2mass/allsky/allsky", "/ibe/sia/twomass/allsky/allsky"),
        ("/cgi-bin/2MASS/IM", "/cgi-bin/2MASS/IM/nph-im_sia"),
        ("/cgi-bin/2MASS/IM/nph-im_sia", "/cgi-bin/2MASS/IM/nph-im_sia"),
    ],
)
def test_every_service_names_its_own_address(search: HttpClient, base: str, address: str) -> None:
    document = ElementTree.fromstring(search.get(f"{base}/capabilities").body)
    addresses = {url.text for url in document.iter("accessURL")}
    assert f"{BASE_URL}{address}" in addresses
    assert available(search.get(f"{base}/availability").body) == "true"
    (told,) = (url for url in addresses if str(url).endswith("/availability"))
    assert search.get(str(told).removeprefix(BASE_URL)).status == 200


@pytest.mark.parametrize("name", ["availability", "capabilities"])
@pytest.mark.parametrize("base", ["/tap", "/ibe/sia/wise/allsky/allsky"])
def test_what_is_no_service_has_none(search: HttpClient, base: str, name: str) -> None:
    assert search.get(f"{base}/{name}").status == 404
