"""A server in this process that speaks the API about prepared batches, and fails as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.server_thread import running
from tests.support.servers.made_batches import NEXT_ID, PLAN, UNDERSTOOD, MadeBatch


@dataclass(frozen=True)
class Seen:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Fault = Callable[["Handler"], bool]


@dataclass
class FakeServer:
    """What the server has and received. ``faults`` are tried in order until one handles the request."""

    batches: dict[str, MadeBatch] = field(default_factory=dict)
    accepted: dict[tuple[str, bytes], str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    understood: dict[str, Any] = field(default_factory=lambda: dict(UNDERSTOOD))
    url: str = ""
    max_rows: int = 2500

    def paths(self, method: str = "GET") -> list[str]:
        return [seen.path for seen in self.seen if seen.method == method]

    def asked(self, word: str) -> list[Seen]:
        return [seen for seen in self.seen if word in seen.path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeServer
    body: bytes

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.fake.seen.append(Seen(self.command, self.path, headers, self.body))
        if any(fault(self) for fault in self.fake.faults):
            return
        self._post() if self.command == "POST" else self._get()

    def _post(self) -> None:
        parts = self.path.strip("/").split("/")
        if self.path == "/batches":
            asked = (self.headers["Idempotency-Key"], self.body)
            batch_id = self.fake.accepted.setdefault(asked, f"{len(self.fake.accepted):032x}")
            self._accepted(batch_id)
        elif self.path.startswith("/tables"):
            self._understood()
        elif parts[-1] == "resubmit":
            self._accepted(NEXT_ID)
        else:
            self.json(PLAN)

    def _understood(self) -> None:
        if "format=" in self.path:
            self.answer(200, b"row,ra\n1,180.0\n", {"Content-Type": "text/csv"})
        else:
            self.json(self.fake.understood)

    def _accepted(self, batch_id: str) -> None:
        about = {"status_url": "s", "results_url": "r", "rows": 1, "notices": []}
        self.json({"batch_id": batch_id, **about}, 202)

    def _get(self) -> None:
        parts = self.path.partition("?")[0].strip("/").split("/")
        if parts[0] == "signed":
            self._stored(parts[1], parts[2], parts[3])
            return
        if parts == ["health"]:
            self.json({"status": "ok", "limits": {"max_rows": self.fake.max_rows}})
            return
        batch = self.fake.batches.get(parts[1])
        if batch is None:
            self.problem(404, "not_found", "There is no batch of that id.")
        elif len(parts) == 2:
            self.json(batch.status())
        elif parts[2:] == ["images"]:
            self._journal(batch)
        else:
            self.answer(302, b"", {"Location": f"{self.fake.url}/signed/{'/'.join(parts[1:])}"})

    def _journal(self, batch: MadeBatch) -> None:
        start = int(self.path.partition("after=")[2] or 0)
        names = list(batch.images)[start : start + batch.page]
        entries = [
            {"file": n, "bytes": len(batch.images[n]), "row": 1, "id": "a", "band": "j", **batch.place(n)}
            for n in names
        ]
        self.json(
            {
                "images": entries,
                "next": str(start + batch.page) if start + batch.page < len(batch.images) else None,
            }
        )

    def _stored(self, batch_id: str, folder: str, name: str) -> None:
        batch = self.fake.batches[batch_id]
        body = batch.stored(folder)[name]
        first, last = 0, len(body) - 1
        asked = self.headers.get("Range")
        if asked:
            words = asked.removeprefix("bytes=").split("-")
            first, last = int(words[0]), min(int(words[1]), last)
        self.answer(206 if asked else 200, body[first : last + 1], {})

    def json(self, value: dict[str, Any], status: int = 200) -> None:
        self.answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def problem(self, status: int, code: str, detail: str, **more: Any) -> None:
        self.json({"status": status, "code": code, "detail": detail, **more}, status)

    def answer(self, status: int, body: bytes, headers: dict[str, str], cut: int | None = None) -> None:
        """Answer; with ``cut`` only so many bytes of the body, and then the connection is gone."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def fake_server() -> Iterator[FakeServer]:
    fake = FakeServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Handler", (Handler,), {"fake": fake}))
    with running(server) as fake.url:
        yield fake
