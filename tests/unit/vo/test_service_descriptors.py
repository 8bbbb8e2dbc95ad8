"""Service descriptors refer to columns of their table, or name one image."""

from __future__ import annotations

from skybatch.vo.obscore.columns import OBSCORE
from skybatch.vo.service_descriptors import DATALINK, SODA, SODA_ID, image_services


def test_references_are_columns_of_obscore() -> None:
    columns = {column.name for column in OBSCORE}
    for service in image_services("https://x", "obs_publisher_did"):
        references = {each.ref for each in service.inputs if each.ref}
        assert references
        assert references <= columns


def test_a_service_has_its_standard_and_address() -> None:
    links, cutouts = image_services("https://x", "publisher_did")
    assert (links.standard, links.url) == (DATALINK, "https://x/datalink/links")
    assert (cutouts.standard, cutouts.url, cutouts.name) == (SODA, "https://x/soda/sync", SODA_ID)
    for service in (links, cutouts):
        assert [each.ref for each in service.inputs if each.name == "ID"] == ["publisher_did"]
