"""Capabilities of services in records (VOResource 1.1, VODataService 1.1, SimpleDALRegExt 1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skybatch.vo.parameters import MAX_ROWS
from skybatch.vo.pos_size import MAX_DEGREES
from skybatch.vo.registry.elements import element
from skybatch.vo.service_descriptors import SIA1

VOSI = "ivo://ivoa.net/std/VOSI"
VOTABLE = "application/x-votable+xml"


@dataclass(frozen=True)
class ImageExtent:
    """What a description of Simple Image Access 1.0 tells: a place with images, and how large they are.

    ``ra`` and ``dec`` are ICRS degrees, ``width`` and ``height`` degrees, ``pixels`` those of the longer
    side.
    """

    ra: float
    dec: float
    width: float
    height: float
    pixels: int


def image_access(url: str, extent: ImageExtent) -> str:
    """Return the capability of a service of Simple Image Access 1.0."""
    return element(
        "capability",
        (
            _interface(f"{url}?", use="base"),
            element("imageServiceType", "Atlas"),
            element("maxQueryRegionSize", _pair(MAX_DEGREES, MAX_DEGREES)),
            element("maxImageExtent", _pair(extent.width, extent.height)),
            element("maxImageSize", str(extent.pixels)),
            element("maxRecords", str(MAX_ROWS)),
            element(
                "testQuery",
                (element("pos", _pair(extent.ra, extent.dec)), element("size", _pair(0.1, 0.1))),
            ),
        ),
        xsi__type="sia:SimpleImageAccess",
        standardID=SIA1,
    )


def service(standard: str, url: str) -> str:
    """Return the capability of a service that a standard defines."""
    return element("capability", (_interface(url, use="base"),), standardID=standard)


def vosi(base: str) -> Sequence[str]:
    """Return the capabilities of VOSI below an address."""
    return [
        element("capability", (_interface(f"{base}/{name}", use="full"),), standardID=f"{VOSI}#{name}")
        for name in ("availability", "capabilities")
    ]


def web_page(url: str) -> str:
    """Return the capability of a page for people."""
    interface = element("interface", (element("accessURL", url, use="full"),), xsi__type="vr:WebBrowser")
    return element("capability", (interface,))


def _interface(url: str, *, use: str) -> str:
    kinds = (element("queryType", "GET"), element("resultType", VOTABLE)) if use == "base" else ()
    return element(
        "interface", (element("accessURL", url, use=use), *kinds), xsi__type="vs:ParamHTTP", role="std"
    )


def _pair(longitude: float, latitude: float) -> tuple[str, str]:
    return element("long", f"{longitude:.6g}"), element("lat", f"{latitude:.6g}")
