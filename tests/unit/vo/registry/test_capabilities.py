"""Capabilities tell where a service is, and what it can."""

from __future__ import annotations

from xml.etree import ElementTree

from skybatch.vo.registry.capabilities import ImageExtent, image_access, vosi

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.replace("<capability", f"<capability {XSI}", 1))


def test_simple_image_access_tells_its_limits() -> None:
    found = parsed(image_access("https://x/sia", ImageExtent(1.0, 2.0, 0.1, 0.3, 1024)))
    assert found.findtext("interface/accessURL") == "https://x/sia?"
    assert (found.findtext("maxImageSize"), found.findtext("maxImageExtent/lat")) == ("1024", "0.3")


def test_vosi_lies_below_the_service() -> None:
    addresses = [parsed(each).findtext("interface/accessURL") for each in vosi("https://x")]
    assert addresses == ["https://x/availability", "https://x/capabilities"]
