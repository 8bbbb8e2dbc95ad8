"""VOSI: availability and capabilities of the services (IVOA Recommendation, VOSI 1.1)."""

from __future__ import annotations

from xml.sax.saxutils import escape

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_AVAILABILITY = "ivo://ivoa.net/std/VOSI#availability"
_CAPABILITIES = "ivo://ivoa.net/std/VOSI#capabilities"


def availability(reason: str = "") -> str:
    """Return the availability document; ``reason`` says why the services are down, empty if they are up."""
    note = f"<vosi:note>{escape(reason)}</vosi:note>" if reason else ""
    up = "false" if reason else "true"
    return (
        f'{_XML}<vosi:availability xmlns:vosi="http://www.ivoa.net/xml/VOSIAvailability/v1.0">'
        f"<vosi:available>{up}</vosi:available>{note}</vosi:availability>\n"
    )


def capabilities(base: str, services: tuple[tuple[str, str], ...]) -> str:
    """Return the capabilities below ``base``: VOSI itself, and ``services`` as pairs of standard and URL."""
    listed = (
        (_AVAILABILITY, f"{base}/availability"),
        (_CAPABILITIES, f"{base}/capabilities"),
        *services,
    )
    return (
        f'{_XML}<vosi:capabilities xmlns:vosi="http://www.ivoa.net/xml/VOSICapabilities/v1.0"\n'
        ' xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1"\n'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{''.join(_capability(*each) for each in listed)}</vosi:capabilities>\n"
    )


def _capability(standard: str, url: str) -> str:
    return (
        f'<capability standardID="{escape(standard)}"><interface xsi:type="vs:ParamHTTP" role="std">'
        f'<accessURL use="{"full" if "VOSI" in standard else "base"}">{escape(url)}</accessURL>'
        "</interface></capability>\n"
    )
