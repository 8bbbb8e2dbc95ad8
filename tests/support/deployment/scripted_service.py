"""A service that is well, as the smoke test meets it; each answer, by method and path, can be replaced."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Answer, Probe
from skybatch.deployment.smoke.sample import Sample

SERVER = "https://sky.example"
SAMPLE = Sample(10.0, -5.0, "/ibe/data/2mass/ji0010001.fits.gz")
ID = "ab" * 16
FILE, IMAGE = b"t" * 64, b"i" * 64
CORS = {"access-control-allow-origin": "*", "access-control-expose-headers": "Content-Range, ETag"}

# What was sent: headers and body.
Reply = Callable[[Mapping[str, str], bytes], Answer]


def answer(status: int = 200, body: Any = b"", **headers: str) -> Answer:
    """An answer; a body that is no bytes is JSON, and headers are spelled with underscores."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-length": str(len(content))} | CORS | named, content, 0.01)


def md5(body: bytes) -> str:
    return hashlib.md5(body).hexdigest()


SUMS = f"{md5(IMAGE)}  images/a.fits\n".encode()
STATUS = {
    "batch_id": ID,
    "state": "complete",
    "rows": {"total": 3, "retrieved": 3, "failed": 0},
    "images": {"retrieved": 1},
    "mail": "sent",
    "files": [
        {
            "name": "images.tar",
            "url": f"{SERVER}/batches/{ID}/files/images.tar",
            "bytes": 64,
            "md5": md5(FILE),
        }
    ],
}
PLAN = {"rows": 1, "images": 3}
MISSING = answer(404, {"code": "not_found"})


def accepted(_: Mapping[str, str], body: bytes) -> Answer:
    """A batch whose id follows from the body, as it does from the key and the body."""
    return answer(202, {"batch_id": ID if body.count(rb"\n") > 2 else md5(body)})


def planned(_: Mapping[str, str], body: bytes) -> Answer:
    return answer(200, PLAN) if len(body) < 4_000_000 else answer(413, {"code": "too_large"})


def ranged(body: bytes) -> Reply:
    def reply(headers: Mapping[str, str], _: bytes) -> Answer:
        return answer(206, body[:10]) if "Range" in headers else answer(200, body)

    return reply


def whole(status: dict[str, Any]) -> Answer:
    return answer(200, status)


WELL: dict[str, Answer | Reply] = {
    r"GET /openapi.json": answer(200, {"paths": {"/batches": {"post": {}}, "/batches/{id}": {"get": {}}}}),
    r"OPTIONS .*": answer(204, access_control_allow_headers="*", access_control_allow_methods="*"),
    r"GET /health": answer(200, {"status": "ok"}),
    r"GET /sia2/query.*": answer(200, b"s_ra,s_dec,access_url\n10,-5,https://sky.example/ibe/data/1.fits\n"),
    r"POST /plans": planned,
    r"POST /tables.*": answer(303, location="https://s3.example/results/answers/1"),
    r"GET https://s3.example/results/answers/1": answer(200, b"v" * 4_100_000),
    r"POST /batches": accepted,
    r"POST /batches/\w+/cancel": answer(202),
    rf"GET /batches/{ID}": whole(STATUS),
    r"GET /batches/[1-9a-f]\w{31}": whole(STATUS | {"rows": {"total": 1, "retrieved": 1}}),
    rf"GET (https://sky.example)?/batches/{ID}/files/images.tar": answer(
        302, location="https://s3.example/results/tar"
    ),
    r"GET /batches/\w+/files/md5sums.txt": answer(302, location="https://s3.example/results/sums"),
    r"GET /batches/\w+/images": answer(
        200, {"images": [{"file": "a.fits", "url": "/batches/x/images/a.fits"}], "next": None}
    ),
    r"GET /batches/x/images/a.fits": answer(302, location="https://s3.example/results/image"),
    r"HEAD .*files/images.tar": answer(200, FILE),
    rf"HEAD {SAMPLE.path}": answer(302, location="https://s3.example/archive/image?X-Amz-Signature=1"),
    rf"GET {SAMPLE.path}": answer(302, location="https://s3.example/archive/image?X-Amz-Signature=1"),
    r"HEAD https://s3.example/archive/image.*": answer(200, IMAGE),
    r"GET https://s3.example/results/tar": ranged(FILE),
    r"GET https://s3.example/results/image": ranged(IMAGE),
    r"GET https://s3.example/results/sums": answer(200, SUMS),
    r"GET https://s3.example/archive/image.*": ranged(IMAGE),
}


class ScriptedProbe(Probe):
    """A probe that asks the script and no network; what is not in it is 404."""

    def __init__(self, changes: Mapping[str, Answer | Reply]) -> None:
        super().__init__(SERVER)
        self._replies = dict(changes) | {key: reply for key, reply in WELL.items() if key not in changes}
        self.asked: list[str] = []

    def call(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        label: str = "",
    ) -> Answer:
        line = f"{method} {target}"
        self.asked.append(line)
        reply = next((reply for key, reply in self._replies.items() if re.fullmatch(key, line)), MISSING)
        found = reply if isinstance(reply, Answer) else reply(headers or {}, body or b"")
        self.seconds[label or line].append(found.seconds)
        return found


def service(changes: Mapping[str, Answer | Reply] | None = None) -> Context:
    """The context of a smoke test on this service, with some replies changed; no patience, no pause."""
    return Context(ScriptedProbe(changes or {}), SAMPLE, patience=0.05, pause=0.01)
