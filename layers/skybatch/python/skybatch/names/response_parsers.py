"""The responses of IRSA, NED and SIMBAD, each in its own format.

IRSA's Lookup and NED's ObjectLookup return JSON, SIMBAD (through Sesame) lines of text. Positions are taken
as ICRS. A response that cannot be parsed never counts as "not found".
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from skybatch.names.model import LookupStatus, ServiceResponse
from skybatch.names.services import IRSA, NED, SIMBAD
from skybatch.sky.position import SkyPosition

_J_LINE = re.compile(r"%J\s+([0-9.]+)\s+([+-]?[0-9.]+)")


class InvalidResponse(ValueError):
    """A service responded, but not in its own format."""


def parse_irsa(service: str, body: str) -> ServiceResponse:
    """Parse ``{"stat": "OK", "ra2000": "204.253958", …}`` or ``{"stat": "ERROR", "msg": …}``."""
    document = _json_object(body)
    if document.get("stat") == "OK":
        position = _position(document.get("ra2000"), document.get("dec2000"))
        return _found(service, document.get("objname"), position)
    if document.get("stat") == "ERROR":
        message = _one_line(document.get("msg") or "not found")
        return ServiceResponse(service, LookupStatus.UNKNOWN, message)
    raise InvalidResponse("sent a response that cannot be read")


def parse_ned(service: str, body: str) -> ServiceResponse:
    """Parse ``Preferred: {Name, Position: {RA, Dec}}``, degrees; without it ``ResultCode`` 0 to 2."""
    document = _json_object(body)
    preferred = document.get("Preferred")
    if isinstance(preferred, dict):
        position = preferred.get("Position")
        if not isinstance(position, dict):
            return ServiceResponse(service, LookupStatus.UNKNOWN, "known there, without a position")
        return _found(service, preferred.get("Name"), _position(position.get("RA"), position.get("Dec")))
    if document.get("ResultCode") in (0, 1, 2):
        return ServiceResponse(service, LookupStatus.UNKNOWN, "not found")
    raise InvalidResponse("sent a response that cannot be read")


def parse_simbad(service: str, body: str) -> ServiceResponse:
    """Parse a line ``%J ra dec = …`` in degrees, or ``#! *** Nothing found ***``."""
    lines = body.splitlines()
    title = next((line[4:].strip() for line in lines if line.startswith("%I.0")), None)
    for line in lines:
        if match := _J_LINE.match(line):
            return _found(service, title, _position(match[1], match[2]))
    if any(line.startswith("#!") and "Nothing found" in line for line in lines):
        return ServiceResponse(service, LookupStatus.UNKNOWN, "not found")
    raise InvalidResponse("sent a response that cannot be read")


PARSERS: Mapping[str, Callable[[str, str], ServiceResponse]] = {
    IRSA.name: parse_irsa,
    NED.name: parse_ned,
    SIMBAD.name: parse_simbad,
}


def _found(service: str, title: object, position: SkyPosition) -> ServiceResponse:
    return ServiceResponse(service, LookupStatus.FOUND, _one_line(title or "found"), position)


def _json_object(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidResponse("sent a response that cannot be read") from None
    if not isinstance(document, dict):
        raise InvalidResponse("sent a response that cannot be read")
    return document


def _position(ra: object, dec: object) -> SkyPosition:
    """Return a position from degrees; raises InvalidResponse for anything that is not on the sky."""
    try:
        ra_degrees, dec_degrees = float(str(ra)), float(str(dec))
    except ValueError:
        raise InvalidResponse("sent no position that can be read") from None
    on_sky = math.isfinite(ra_degrees) and 0.0 <= ra_degrees <= 360.0 and -90.0 <= dec_degrees <= 90.0
    if not on_sky:
        raise InvalidResponse("sent a position that is not on the sky")
    return SkyPosition(ra_degrees % 360.0, dec_degrees)


def _one_line(message: object) -> str:
    """Return what a service said as one printable line, as tables and pages can show it."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(message)[:200]).split())
