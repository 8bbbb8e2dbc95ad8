"""Descriptors of services as pyvo finds them in a VOTable that we write."""

from __future__ import annotations

import io

from astropy.io.votable import parse

from skybatch.tables.model import Table, text
from skybatch.tables.service_descriptor import InputParameter, ServiceDescriptor
from skybatch.tables.writers.formats import write

DESCRIPTOR = ServiceDescriptor(
    "cutout",
    "ivo://ivoa.net/std/SODA#sync-1.0",
    "https://example.org/soda/sync",
    (
        InputParameter("ID", ref="identifier", ucd="meta.id", description="The image & its data."),
        InputParameter("CIRCLE", "double", "3", xtype="circle", unit="deg"),
        InputParameter("RUNID", value="1 < 2"),
    ),
)


def test_a_descriptor_is_a_meta_resource_with_its_inputs() -> None:
    table = Table((text("identifier", "Identifier."),), {"identifier": ["a"]}, services=(DESCRIPTOR,))
    meta = next(r for r in parse(io.BytesIO(write(table, "xml"))).resources if r.type == "meta")
    assert (meta.utype, meta.ID) == ("adhoc:service", "cutout")
    assert {param.name: param.value for param in meta.params} == {
        "standardID": DESCRIPTOR.standard,
        "accessURL": DESCRIPTOR.url,
    }
    inputs = {param.name: param for param in meta.groups[0].entries}
    assert list(inputs) == ["ID", "CIRCLE", "RUNID"]
    assert (inputs["ID"].ref, inputs["ID"].description) == ("identifier", "The image & its data.")
    assert (inputs["CIRCLE"].datatype, inputs["CIRCLE"].arraysize) == ("double", "3")
    assert inputs["RUNID"].value == "1 < 2"


def test_other_formats_leave_descriptors_out() -> None:
    table = Table((text("identifier", "Identifier."),), {"identifier": ["a"]}, services=(DESCRIPTOR,))
    assert b"soda" not in write(table, "csv")
