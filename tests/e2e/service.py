"""A running service as its users meet it: over HTTP, with nothing but the standard library."""

from __future__ import annotations

import io
import json
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whatever its status."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Service:
    """Calls one service at ``url``."""

    url: str

    def call(
        self,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        method: str | None = None,
        follow: bool = True,
    ) -> Answer:
        """One request; an error status is an answer like any other."""
        address = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(address, body, headers or {}, method=method)
        opener = urllib.request.build_opener(*([] if follow else [_NoRedirect]))
        try:
            with opener.open(request, timeout=60) as answer:
                return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())

    def post(self, path: str, **fields: Any) -> Answer:
        """Post JSON."""
        return self.call(path, json.dumps(fields).encode(), {"Content-Type": "application/json"})

    def submit(self, **fields: Any) -> str:
        """Hand in a batch; its id."""
        answer = self.post("/batches", **fields)
        assert answer.status == 202, answer.body
        return str(answer.json()["batch_id"])

    def status(self, batch_id: str) -> dict[str, Any]:
        answer = self.call(f"/batches/{batch_id}")
        assert answer.status == 200, answer.body
        return dict(answer.json())

    def wait(
        self,
        batch_id: str,
        until: Callable[[dict[str, Any]], bool] = lambda s: s["state"] in ("complete", "failed", "cancelled"),
        seconds: float = PATIENCE_SECONDS,
    ) -> dict[str, Any]:
        """The status once ``until`` holds of it."""
        end = time.monotonic() + seconds
        while not until(status := self.status(batch_id)):
            assert time.monotonic() < end, f"still so after {seconds} s: {status}"
            time.sleep(0.1)
        return status

    def run(self, **fields: Any) -> dict[str, Any]:
        """Hand in a batch and wait for its end; checks that its rows add up."""
        status = self.wait(self.submit(**fields))
        rows = dict(status["rows"])
        assert rows.pop("total") == sum(rows.values())
        return status

    def file(self, status: dict[str, Any], name: str) -> bytes:
        """A result file, fetched by its public address."""
        answer = self.call(next(entry["url"] for entry in status["files"] if entry["name"] == name))
        assert answer.status == 200, answer.body
        return answer.body

    def images(self, status: dict[str, Any]) -> dict[str, bytes]:
        """The images in the batch's archive, by file name."""
        with tarfile.open(fileobj=io.BytesIO(self.file(status, "images.tar"))) as tar:
            return {
                member.name.split("/images/")[1]: tar.extractfile(member).read()  # type: ignore[union-attr]
                for member in tar
                if "/images/" in member.name and member.isfile()
            }
