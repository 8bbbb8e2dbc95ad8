"""Faults between the functions and the services: a proxy on the functions' way to S3 and SQS.

Nothing of the code under test is edited; the functions only have another ``AWS_ENDPOINT_URL``.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local.front import Forward, Front

Fault = Callable[[Forward], bool]


@dataclass
class Faults:
    """What goes wrong, by a word in the request's verb, path and target; the first that matches is applied.

    A fault answers whether it has dealt with the request; if not, the request goes on.
    """

    by_word: dict[str, Fault] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def apply(self, request: Forward) -> bool:
        line = f"{request.command} {request.path} {request.headers.get('X-Amz-Target', '')}"
        for word, fault in self.by_word.items():
            if word in line:
                self.seen[word] += 1
                return fault(request)
        return False


class _FaultyForward(Forward):
    faults: Faults

    def _forward(self) -> None:
        if not self.faults.apply(self):
            super()._forward()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _forward  # noqa: N815


@contextmanager
def faulty_proxy(faults: Faults) -> Iterator[Front]:
    """A proxy with these faults; its ``target`` is the emulator, once that runs."""
    server = Front(0)
    server.RequestHandlerClass = type("_Handler", (_FaultyForward,), {"faults": faults})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def kill_caller(request: Forward) -> bool:
    """End the process that made the request, as a lack of memory would."""
    os.kill(_owner_of_port(request.client_address[1]), signal.SIGKILL)
    request.close_connection = True
    return True


def twice(request: Forward) -> bool:
    """Make the same call two times, as at-least-once delivery may."""
    body, target = request._body() or b"", request.server.target or ""
    request._ask(target, body)
    request._answer(*request._ask(target, body))
    return True


def first_times(count: int, fault: Fault) -> Fault:
    """Apply a fault to the first ``count`` requests only."""
    left = [count]

    def sometimes(request: Forward) -> bool:
        left[0] -= 1
        return left[0] >= 0 and fault(request)

    return sometimes


def answer(status: int, code: str) -> Fault:
    """Answer as S3 does when it is not well."""
    body = f"<Error><Code>{code}</Code><Message>injected</Message></Error>".encode()

    def refuse(request: Forward) -> bool:
        request.send_response(status)
        request.send_header("Content-Type", "application/xml")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)
        request.close_connection = True
        return True

    return refuse


def _owner_of_port(port: int) -> int:
    """The process that holds the client end of a loopback connection."""
    inode = next(
        fields[9]
        for fields in map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
        if int(fields[1].split(":")[1], 16) == port
    )
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        if _target(link) == f"socket:[{inode}]":
            return int(link.parts[2])
    raise LookupError(f"nobody holds port {port}")


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # the process or file went meanwhile
        return ""


def processes_of(function: str, emulator_pid: int) -> list[int]:
    """The emulator's processes that run a function."""
    wanted = f"AWS_LAMBDA_FUNCTION_NAME={function}".encode()
    return [
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if _parent(folder) == emulator_pid and wanted in _environment(folder)
    ]


def _environment(folder: Path) -> list[bytes]:
    try:
        return (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _parent(folder: Path) -> int | None:
    try:
        return int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None
