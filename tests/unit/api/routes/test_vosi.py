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
    ("service", "address"),
    [
        ("sia2", "/sia2/query"),
        ("soda", "/soda/sync"),
        ("datalink", "/datalink/links"),
        ("ibe", "/ibe/sia/twomass/allsky/allsky"),
    ],
)
def test_a_service_names_its_own_address(search: HttpClient, service: str, address: str) -> None:
    document = ElementTree.fromstring(search.get(f"/{service}/capabilities").body)
    assert f"{BASE_URL}{address}" in {url.text for url in document.iter("accessURL")}
