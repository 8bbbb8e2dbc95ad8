"""Where else a part of the sky can be looked at: addresses of services that draw the sky."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlencode


class Field(NamedTuple):
    """A part of the sky: ICRS centre and width, degrees."""

    ra: float
    dec: float
    width: float


def sky_links(field: Field) -> list[tuple[str, str]]:
    """Return name and address of each service; nothing is loaded from them unless somebody goes there."""
    target = f"{field.ra:.6f} {field.dec:+.6f}"
    aladin = urlencode({"target": target, "fov": f"{field.width:.4g}"}, quote_via=quote)
    esasky = {"target": target, "fov": f"{field.width:.4g}", "cooframe": "J2000", "sci": "true"}
    return [
        ("Aladin Lite", f"https://aladin.cds.unistra.fr/AladinLite/?{aladin}"),
        ("ESASky", f"https://sky.esa.int/esasky/?{urlencode(esasky, quote_via=quote)}"),
    ]
