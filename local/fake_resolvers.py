"""Fakes of the three name services on 127.0.0.1: their paths, their responses, and their failures.

It knows a few dozen well-known objects (``objects``): IRSA the 2MASX designations, NED the galaxies, SIMBAD
the stars and clusters. Each service can be told to be slow, down, or to answer garbage.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.known_objects import DESIGNATIONS, GALAXIES, STARS_AND_CLUSTERS, folded, index

Found = tuple[str, float, float] | None


class Behaviour(StrEnum):
    """How a service behaves: normally, slowly, with 503, with garbage, or by closing the connection."""

    NORMAL = "normal"
    SLOW = "slow"
    DOWN = "down"
    GARBAGE = "garbage"
    HANGS_UP = "hangs_up"


@dataclass(frozen=True)
class Call:
    """One request that came in: when (monotonic seconds), of which service, for which name."""

    began: float
    ended: float
    service: str
    name: str


def irsa_response(found: Found, name: str) -> str:
    """IRSA's Lookup: flat JSON with the numbers as text."""
    if found is None:
        return json.dumps({"stat": "ERROR", "msg": f"Object name '{name}' not recognized."})
    title, ra, dec = found
    place = {"ra2000": f"{ra:.6f}", "dec2000": f"{dec:.6f}", "cra2000": f"{ra:.6f}", "cdec2000": f"{dec:.6f}"}
    return json.dumps({"stat": "OK", "source": "irsa", "objname": title, **place})


def ned_response(found: Found, name: str) -> str:
    """NED's ObjectLookup: JSON with ``Preferred`` where it knows the object."""
    answer: dict[str, Any] = {"NameResolver": "NED-MATCH", "Supplied": name, "QueryTime": "Stand-in"}
    if found is None:
        return json.dumps({**answer, "ResultCode": 0, "StatusCode": 100, "Version": "1.5"})
    title, ra, dec = found
    preferred = {"Name": title, "Position": {"RA": ra, "Dec": dec, "UncSemiMajor": 0.1, "UncSemiMinor": 0.1}}
    return json.dumps({**answer, "ResultCode": 3, "StatusCode": 100, "Preferred": preferred})


def simbad_response(found: Found, name: str) -> str:
    """Sesame's -oI lines."""
    head = f"# {name}\t#Q1\n#=S=Simbad (stand-in)\n"
    if found is None:
        return f"{head}#! *** Nothing found ***\n\n#====Done====\n"
    title, ra, dec = found
    return f"{head}%C.0 G\n%J {ra:.6f} {dec:+.6f} = stand-in\n%I.0 {title}\n\n#====Done====\n"


Response = Callable[[Found, str], str]
KNOWN = {"IRSA": index(DESIGNATIONS), "NED": index(GALAXIES), "SIMBAD": index(STARS_AND_CLUSTERS)}
RESPONSES: dict[str, Response] = {"IRSA": irsa_response, "NED": ned_response, "SIMBAD": simbad_response}


class FakeResolvers:
    """The running fakes; a context manager. ``behaviours`` may be changed while they run."""

    def __init__(self, port: int = 0, slowness: float = 1.0) -> None:
        self.behaviours = dict.fromkeys(KNOWN, Behaviour.NORMAL)
        self.slowness = slowness
        self.calls: list[Call] = []
        services = self

        class Handler(BaseHTTPRequestHandler):
            """Hands every request to ``services``."""

            def do_GET(self) -> None:
                services.handle(self)

            def log_message(self, format: str, *args: object) -> None:
                """Print nothing: calls are kept in ``calls``."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def size(self) -> int:
        """How many names it knows."""
        return sum(map(len, KNOWN.values()))

    @property
    def url(self) -> str:
        """The base that stands for all three hosts."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> FakeResolvers:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as the service of that path, in its current behaviour."""
        began = time.monotonic()
        service, name = parse_query(handler.path)
        day = self.behaviours.get(service, Behaviour.DOWN)
        if day is Behaviour.SLOW:
            time.sleep(self.slowness)
        self.calls.append(Call(began, time.monotonic(), service, name))
        if day is Behaviour.HANGS_UP:
            handler.close_connection = True
        elif day is Behaviour.DOWN:
            respond(handler, 503, "<html>Service unavailable</html>")
        elif day is Behaviour.GARBAGE:
            respond(handler, 200, "<html><h1>Welcome to nginx!</h1></html>")
        else:
            respond(handler, 200, RESPONSES[service](KNOWN[service].get(folded(name)), name))


def parse_query(path: str) -> tuple[str, str]:
    """Which service a path belongs to, and the name it asks for."""
    parts = urlsplit(path)
    if parts.path == "/cgi-bin/Lookup/nph-lookup":
        return "IRSA", parse_qs(parts.query).get("location", [""])[0]
    if parts.path == "/srs/ObjectLookup":
        return "NED", parse_qs(parts.query).get("name", [""])[0]
    if parts.path == "/cgi-bin/nph-sesame/-oI/S":
        return "SIMBAD", unquote(parts.query)
    return "", ""


def respond(handler: BaseHTTPRequestHandler, status: int, text: str) -> None:
    """Send one answer; a caller who no longer waits is let go."""
    body = text.encode()
    try:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
    except ConnectionError:
        handler.close_connection = True


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    port = parser.parse_args().port
    with FakeResolvers(port) as services:
        print(f"Stand-in for IRSA, NED and SIMBAD at {services.url}; it knows {services.size} names.")
        services.thread.join()


if __name__ == "__main__":
    main()
