"""The descriptors by which clients find what can be done with an image: its links, and cutouts of it."""

from __future__ import annotations

from skybatch.tables.service_descriptor import Input, Service

DATALINK = "ivo://ivoa.net/std/DataLink#links-1.1"
SODA = "ivo://ivoa.net/std/SODA#sync-1.0"
SODA_ID = "soda-sync"


def links_service(root: str) -> Service:
    """DataLink: what belongs to the image of a row of an ObsCore table."""
    identifier = Input("ID", ref="obs_publisher_did", description="Identifier of the image.")
    return Service("datalink", DATALINK, f"{root}/datalink/links", (identifier,))


def cutout_service(root: str, *, column: str = "obs_publisher_did", identifier: str = "") -> Service:
    """SODA: cutouts of the image of a row, or of the one image named."""
    ref = "" if identifier else column
    inputs = (
        Input("ID", value=identifier, ref=ref, ucd="meta.id;meta.dataset", description="The image."),
        Input(
            "CIRCLE", "double", "3", xtype="circle", ucd="pos.outline;obs", unit="deg",
            description="Right ascension, declination and radius of a circle to cut, ICRS.",
        ),
        Input(
            "POLYGON", "double", "*", xtype="polygon", ucd="pos.outline;obs", unit="deg",
            description="Right ascension and declination of a polygon's corners, ICRS.",
        ),
        Input("POS", ucd="pos.outline;obs", description="CIRCLE, RANGE or POLYGON to cut, ICRS degrees."),
    )  # fmt: skip
    return Service(SODA_ID, SODA, f"{root}/soda/sync", inputs)
