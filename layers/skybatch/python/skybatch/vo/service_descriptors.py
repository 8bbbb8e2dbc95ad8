"""Service descriptors by which clients find the links and the cutout service of an image (DataLink 1.1)."""

from __future__ import annotations

from skybatch.tables.service_descriptor import InputParameter, ServiceDescriptor

# Identifiers of standards.
SIA1 = "ivo://ivoa.net/std/SIA"
SIA2 = "ivo://ivoa.net/std/SIA#query-2.0"
DATALINK = "ivo://ivoa.net/std/DataLink#links-1.1"
SODA = "ivo://ivoa.net/std/SODA#sync-1.0"
SODA_ID = "soda-sync"


def image_services(root: str, column: str) -> tuple[ServiceDescriptor, ...]:
    """Return the descriptors of DataLink and SODA for the image of a row, whose id is in ``column``."""
    return links_service(root, column), cutout_service(root, column)


def links_service(root: str, column: str) -> ServiceDescriptor:
    """Return the descriptor of DataLink for the image of a row."""
    identifier = InputParameter("ID", ref=column, description="Identifier of the image.")
    return ServiceDescriptor("datalink", DATALINK, f"{root}/datalink/links", (identifier,))


def cutout_service(root: str, column: str) -> ServiceDescriptor:
    """Return the descriptor of SODA for the image of a row."""
    inputs = (
        InputParameter("ID", ref=column, ucd="meta.id;meta.dataset", description="The image."),
        InputParameter(
            "CIRCLE", "double", "3", xtype="circle", ucd="pos.outline;obs", unit="deg",
            description="Right ascension, declination and radius of a circle to cut, ICRS.",
        ),
        InputParameter(
            "POLYGON", "double", "*", xtype="polygon", ucd="pos.outline;obs", unit="deg",
            description="Right ascension and declination of a polygon's corners, ICRS.",
        ),
        InputParameter(
            "POS", ucd="pos.outline;obs", description="CIRCLE, RANGE or POLYGON to cut, ICRS degrees."
        ),
        InputParameter(
            "BAND", "double", "2", xtype="interval", ucd="em.wl;stat.interval", unit="m",
            description="Wavelengths; an image of another band is empty.",
        ),
        InputParameter(
            "TIME", "double", "2", xtype="interval", ucd="time.interval;obs.exposure", unit="d",
            description="Modified Julian Dates; an image of another night is empty.",
        ),
        InputParameter(
            "PIXELS_1", "long", "2", xtype="interval", ucd="pos.cartesian.x;instr.pixel",
            description="First and last pixel along axis 1, counted from 1.",
        ),
        InputParameter(
            "PIXELS_2", "long", "2", xtype="interval", ucd="pos.cartesian.y;instr.pixel",
            description="First and last pixel along axis 2, counted from 1.",
        ),
    )  # fmt: skip
    return ServiceDescriptor(SODA_ID, SODA, f"{root}/soda/sync", inputs)
