"""The three name services: how each is asked, and what its answer says.

IRSA's Lookup answers JSON, NED's ObjectLookup JSON, SIMBAD (through Sesame) lines of text. Positions are
taken as ICRS. Found, unknown and service down are told apart: an unreadable answer is a service down.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3

from skybatch.sky.position import SkyPosition

MOST_ANSWER_BYTES = 1_000_000
CHUNK_BYTES = 16_384
TIMEOUTS = (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ConnectTimeoutError)
USER_AGENT = "skybatch (batch image service)"


class State(StrEnum):
    """What came of asking."""

    FOUND = "found"
    UNKNOWN = "unknown"
    DOWN = "down"


@dataclass(frozen=True)
class Reply:
    """One service's answer for one name, with its own words; ``position`` only where found."""

    service: str
    state: State
    words: str
    position: SkyPosition | None = None

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        sky = [self.position.ra, self.position.dec] if self.position else None
        return {"service": self.service, "state": self.state.value, "words": self.words, "sky": sky}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Reply:
        """The reply that ``to_json`` wrote."""
        sky = SkyPosition(*stored["sky"]) if stored["sky"] else None
        return cls(stored["service"], State(stored["state"]), stored["words"], sky)


@dataclass(frozen=True)
class Service:
    """Where and how politely a service is asked.

    ``template`` is its URL with ``{name}`` where the quoted name goes; ``timeout`` seconds bound one
    request as a whole, ``side_by_side`` how many run at once, ``interval`` the seconds from one to the next.
    """

    name: str
    template: str
    timeout: float = 10.0
    side_by_side: int = 4
    interval: float = 0.0

    def at(self, base: str) -> Service:
        """The same service on another host, such as a stand-in's ``http://127.0.0.1:8080``."""
        parts = urlsplit(self.template)
        path = self.template.removeprefix(f"{parts.scheme}://{parts.netloc}")
        return replace(self, template=base.rstrip("/") + path)


IRSA = Service("IRSA", "https://irsa.ipac.caltech.edu/cgi-bin/Lookup/nph-lookup?location={name}")
# NED asks for one request a second at most, and none side by side.
NED = Service(
    "NED", "https://ned.ipac.caltech.edu/srs/ObjectLookup?name={name}", side_by_side=1, interval=1.0
)
SIMBAD = Service("SIMBAD", "https://cds.unistra.fr/cgi-bin/nph-sesame/-oI/S?{name}")
SERVICES = (IRSA, NED, SIMBAD)


def configured(
    *, irsa: str = "", ned: str = "", simbad: str = "", timeout: float = 10.0, ned_interval: float = 1.0
) -> tuple[Service, ...]:
    """The services as a deployment sets them, in the order they are asked.

    Each text is a URL template holding ``{name}``, or a base such as ``https://host`` to which the service's
    usual path is added; empty means the service's own address.
    """
    chosen = []
    for service, text in ((IRSA, irsa), (NED, ned), (SIMBAD, simbad)):
        moved = replace(service, template=text) if "{name}" in text else service.at(text) if text else service
        interval = ned_interval if service is NED else 0.0
        chosen.append(replace(moved, timeout=timeout, interval=interval))
    return tuple(chosen)


class UnreadableAnswer(ValueError):
    """A service answered, but not in its own language."""


def ask(service: Service, name: str, pool: urllib3.PoolManager, seconds: float) -> Reply:
    """Ask one service for one name, for at most ``seconds``; whatever goes wrong there is ``DOWN``."""
    url = service.template.replace("{name}", quote(name, safe=""))
    try:
        status, body = fetch(url, pool, seconds)
        if status >= 500 or status == 429:
            raise UnreadableAnswer(f"answered HTTP {status}")
        return READERS[service.name](service.name, body.decode("utf-8", errors="replace"))
    except UnreadableAnswer as error:
        return Reply(service.name, State.DOWN, str(error))
    except TimeoutError:
        return Reply(service.name, State.DOWN, f"did not answer within {seconds:.0f} s")
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return Reply(service.name, State.DOWN, f"could not be reached ({type(error).__name__})")


def fetch(url: str, pool: urllib3.PoolManager, seconds: float) -> tuple[int, bytes]:
    """Status and body; raises TimeoutError when the whole takes longer, however slowly bytes drip."""
    end = time.monotonic() + seconds
    timeout = urllib3.Timeout(connect=seconds, read=seconds)
    # Services move; nothing but a redirect is tried again.
    retries = urllib3.Retry(total=2, connect=0, read=0, redirect=2, status=0, other=0)
    headers = {"User-Agent": USER_AGENT}
    try:
        with pool.request(
            "GET", url, headers=headers, timeout=timeout, retries=retries, preload_content=False
        ) as response:
            return response.status, read_until(response, end)
    except urllib3.exceptions.MaxRetryError as error:
        if isinstance(error.reason, TIMEOUTS):
            raise TimeoutError from error
        raise
    except TIMEOUTS as error:
        raise TimeoutError from error


def read_until(response: urllib3.BaseHTTPResponse, end: float) -> bytes:
    """The body, read no longer than ``end`` (monotonic seconds) and no more than any answer holds."""
    body = bytearray()
    while piece := response.read1(CHUNK_BYTES):
        body += piece
        if time.monotonic() > end:
            raise TimeoutError
        if len(body) > MOST_ANSWER_BYTES:
            raise UnreadableAnswer("answered more than any answer holds")
    return bytes(body)


def read_irsa(service: str, body: str) -> Reply:
    """``{"stat": "OK", "ra2000": "204.253958", …}`` or ``{"stat": "ERROR", "msg": …}``."""
    answer = json_object(body)
    if answer.get("stat") == "OK":
        sky = position(answer.get("ra2000"), answer.get("dec2000"))
        return Reply(service, State.FOUND, one_line(answer.get("objname") or "found"), sky)
    if answer.get("stat") == "ERROR":
        return Reply(service, State.UNKNOWN, one_line(answer.get("msg") or "not found"))
    raise UnreadableAnswer("answered what cannot be read")


def read_ned(service: str, body: str) -> Reply:
    """``Preferred: {Name, Position: {RA, Dec}}``, degrees; without it ``ResultCode`` 0 to 2."""
    answer = json_object(body)
    preferred = answer.get("Preferred")
    if isinstance(preferred, dict):
        place = preferred.get("Position")
        if not isinstance(place, dict):
            return Reply(service, State.UNKNOWN, "known there, without a position")
        sky = position(place.get("RA"), place.get("Dec"))
        return Reply(service, State.FOUND, one_line(preferred.get("Name") or "found"), sky)
    if answer.get("ResultCode") in (0, 1, 2):
        return Reply(service, State.UNKNOWN, "not found")
    raise UnreadableAnswer("answered what cannot be read")


_J_LINE = re.compile(r"%J\s+([0-9.]+)\s+([+-]?[0-9.]+)")


def read_simbad(service: str, body: str) -> Reply:
    """A line ``%J ra dec = …`` in degrees, or ``#! *** Nothing found ***``."""
    lines = body.splitlines()
    title = next((line[4:].strip() for line in lines if line.startswith("%I.0")), "found")
    for line in lines:
        if match := _J_LINE.match(line):
            return Reply(service, State.FOUND, one_line(title), position(match[1], match[2]))
    if any(line.startswith("#!") and "Nothing found" in line for line in lines):
        return Reply(service, State.UNKNOWN, "not found")
    raise UnreadableAnswer("answered what cannot be read")


READERS: Mapping[str, Callable[[str, str], Reply]] = {
    IRSA.name: read_irsa,
    NED.name: read_ned,
    SIMBAD.name: read_simbad,
}


def json_object(body: str) -> dict[str, Any]:
    """The answer as a JSON object; raises UnreadableAnswer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableAnswer("answered what cannot be read") from None
    if not isinstance(answer, dict):
        raise UnreadableAnswer("answered what cannot be read")
    return answer


def position(ra: object, dec: object) -> SkyPosition:
    """A position on the sky, degrees; raises UnreadableAnswer for anything else."""
    try:
        alpha, delta = float(str(ra)), float(str(dec))
    except ValueError:
        raise UnreadableAnswer("answered without a position that can be read") from None
    if not (math.isfinite(alpha) and 0.0 <= alpha <= 360.0 and -90.0 <= delta <= 90.0):
        raise UnreadableAnswer("answered a position that is not on the sky")
    return SkyPosition(alpha % 360.0, delta)


def one_line(words: object) -> str:
    """A service's words as tables and pages can show them."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(words)[:200]).split())
