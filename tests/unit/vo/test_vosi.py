"""VOSI documents are well-formed and list their services."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from skybatch.vo.vosi import availability, capabilities
from tests.support.registry.validation import violations

AVAILABILITY = "{http://www.ivoa.net/xml/VOSIAvailability/v1.0}"


@pytest.mark.parametrize("reason", ["", "no inventory <yet> & no images"])
def test_availability_says_why_the_services_are_down(reason: str) -> None:
    root = ElementTree.fromstring(availability(reason))
    assert root.findtext(f"{AVAILABILITY}available") == ("false" if reason else "true")
    assert (root.findtext(f"{AVAILABILITY}note") or "") == reason


def test_capabilities_list_vosi_and_the_services() -> None:
    document = capabilities("https://x/sia2?a&b", (("ivo://ivoa.net/std/SIA#query-2.0", "https://x/q"),))
    listed = {
        each.get("standardID"): each.findtext("interface/accessURL")
        for each in ElementTree.fromstring(document)
    }
    assert listed == {
        "ivo://ivoa.net/std/VOSI#availability": "https://x/sia2?a&b/availability",
        "ivo://ivoa.net/std/VOSI#capabilities": "https://x/sia2?a&b/capabilities",
        "ivo://ivoa.net/std/SIA#query-2.0": "https://x/q",
    }


@pytest.mark.parametrize(
    "document",
    [
        availability("no <inventory>"),
        capabilities("https://x", (("ivo://ivoa.net/std/SIA", "https://x/q?a&b"),)),
    ],
)
def test_documents_are_valid(document: str, tmp_path: Path) -> None:
    assert violations(document, tmp_path) == ""
