"""Faults between the functions and the services: a proxy on the functions' way to S3, SQS and SES.

Nothing of the code under test is edited; the functions only have another ``AWS_ENDPOINT_URL``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.gateway import ForwardingHandler, Gateway, serve_gateway
from local.stack import Stack
from tests.support.aws.s3_limits import S3Limits
from tests.support.machine.processes import function_of, owner_of_port

Fault = Callable[[ForwardingHandler], bool]

# All that a batch's own requests have in common; SQS and SES have it in the body.
_ID = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_LABEL = re.compile(rb'"label":"([^"]*)"')


@dataclass
class Rule:
    """A fault for those requests about one batch that hold each of the words; it counts them."""

    words: tuple[str, ...]
    fault: Fault
    seen: int = 0


@dataclass
class Faults:
    """What goes wrong, by a word in the request's verb, path and target, and by a batch's label.

    A fault answers whether it has dealt with the request; if not, the next that matches is asked, and
    after the last the request goes on.
    """

    by_word: dict[str, Fault] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    by_label: dict[str, list[Rule]] = field(default_factory=dict)
    labels: dict[bytes, str] = field(default_factory=dict)

    def apply(self, request: ForwardingHandler) -> bool:
        line = f"{request.command} {request.path} {request.headers.get('X-Amz-Target', '')}"
        for word, fault in list(self.by_word.items()):
            if word in line:
                self.seen[word] += 1
                if fault(request):
                    return True
        return bool(self.by_label) and self._apply_rules(request, line)

    def _apply_rules(self, request: ForwardingHandler, line: str) -> bool:
        for rule in self.by_label.get(self._label(request), ()):
            if all(word in line for word in rule.words):
                rule.seen += 1
                if rule.fault(request):
                    return True
        return False

    def _label(self, request: ForwardingHandler) -> str:
        """The label of the batch that a request is about; learned when the batch is accepted."""
        found = _ID.search(request.path.encode()) or _ID.search(request._body() or b"")
        if found is None:
            return ""
        if request.command == "PUT" and request.path.split("?")[0].endswith("/accepted.json"):
            label = _LABEL.search(request._body() or b"")
            self.labels[found[0]] = label[1].decode() if label else ""
        return self.labels.get(found[0], "")


class _FaultyForward(ForwardingHandler):
    faults: Faults
    limits: S3Limits
    max_body_bytes = 1 << 30  # before S3, not before API Gateway

    def _forward(self) -> None:
        self._kept: bytes | None = None
        if not self.faults.apply(self) and not self.limits(self):
            super()._forward()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _forward  # noqa: N815

    def _body(self) -> bytes | None:
        """The body, which faults may read before it goes on."""
        if self._kept is None:
            self._kept = super()._body()
        return self._kept


@contextmanager
def faulty_proxy(faults: Faults) -> Iterator[Gateway]:
    """A proxy with these faults and AWS's refusals; its ``target`` is the emulator, once that runs."""
    given = {"faults": faults, "limits": S3Limits()}
    with serve_gateway(handler=type("_Handler", (_FaultyForward,), given)) as server:
        yield server


@contextmanager
def stack_behind(
    faults: Faults, start_stack: Callable[..., Stack], archive: Path | None = None
) -> Iterator[Stack]:
    """A stack whose functions reach the services through these faults."""
    with faulty_proxy(faults) as proxy:
        running = start_stack(archive=archive, emulator={"AWS_ENDPOINT_URL": proxy.url})
        proxy.target = running.emulator.url
        yield running


# When ---------------------------------------------------------------------------------------------------


def first_times(count: int, fault: Fault) -> Fault:
    """Apply a fault to the first ``count`` requests only."""
    left = [count]

    def sometimes(request: ForwardingHandler) -> bool:
        left[0] -= 1
        return left[0] >= 0 and fault(request)

    return sometimes


def one_in(count: int, *faults: Fault) -> Fault:
    """Apply faults to every so-manieth request, in turns."""
    asked = [0]

    def sometimes(request: ForwardingHandler) -> bool:
        asked[0] += 1
        turn, rest = divmod(asked[0], count)
        return rest == 0 and faults[turn % len(faults)](request)

    return sometimes


# What ---------------------------------------------------------------------------------------------------


def kill_function(name: str) -> Fault:
    """End the process that made the request if it runs this function; let others go on.

    A process that went already may have left its port to anybody, to pytest itself too.
    """

    def fault(request: ForwardingHandler) -> bool:
        try:
            owner = owner_of_port(request.client_address[1])
        except LookupError:  # it went already, with its connection
            request.close_connection = True
            return True
        if not function_of(owner).startswith(f"skybatch-{name}"):
            return False
        os.kill(owner, signal.SIGKILL)
        request.close_connection = True
        return True

    return fault


kill_caller = kill_function("")
"""End whatever function made the request, as a lack of memory would."""


def slow(seconds: float) -> Fault:
    """Go on only after a while."""

    def fault(_: ForwardingHandler) -> bool:
        time.sleep(seconds)
        return False

    return fault


def connection_reset(request: ForwardingHandler) -> bool:
    """Break the connection with RST, as what lies between does once it has forgotten it."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.close_connection = True
    request.rfile.close()
    request.connection.close()
    return True


def lost(request: ForwardingHandler) -> bool:
    """Let the service do it, and lose the answer."""
    request._ask(request.server.target or "", request._body() or b"")
    request.close_connection = True
    return True


def cut_body(count: int) -> Fault:
    """Have the last bytes of what is written not arrive, unnoticed."""

    def fault(request: ForwardingHandler) -> bool:
        request._kept = (request._body() or b"")[:-count]  # type: ignore[attr-defined]
        for name in ("Content-Length", "Content-MD5", "x-amz-checksum-crc32"):
            del request.headers[name]
        return False

    return fault


def meanwhile(action: Callable[[], Any]) -> Fault:
    """Have something else happen first, at just this moment."""

    def fault(_: ForwardingHandler) -> bool:
        action()
        return False

    return fault


def answer(status: int, code: str) -> Fault:
    """Answer as S3 does when it is not well."""
    body = f"<Error><Code>{code}</Code><Message>injected</Message></Error>".encode()
    return _answering(status, "application/xml", body)


def mail_refused(request: ForwardingHandler) -> bool:
    """Answer as SES does to a message it will not send (API reference, SendEmail: MessageRejected)."""
    request._body()
    kind = {"x-amzn-errortype": "MessageRejected"}
    return _answering(400, "application/json", b'{"message": "injected"}', kind)(request)


def _answering(status: int, media_type: str, body: bytes, more: dict[str, str] | None = None) -> Fault:
    def reply(request: ForwardingHandler) -> bool:
        request.send_response(status)
        headers = {"Content-Type": media_type, "Content-Length": str(len(body))} | (more or {})
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)
        request.close_connection = True
        return True

    return reply


# What a queue may do ------------------------------------------------------------------------------------


def messages_lost(request: ForwardingHandler) -> bool:
    """Take messages, and never have them."""
    sent = json.loads(request._body() or b"{}")["Entries"]
    taken = [
        {
            "Id": entry["Id"],
            "MessageId": entry["Id"],
            "MD5OfMessageBody": hashlib.md5(entry["MessageBody"].encode()).hexdigest(),
        }
        for entry in sent
    ]
    body = json.dumps({"Successful": taken, "Failed": []}).encode()
    return _answering(200, "application/x-amz-json-1.0", body)(request)


def messages_late_and_twice(seconds: float, waits: tuple[int, int] = (1, 3)) -> Fault:
    """Take messages, and have each call's come two times, the last first, the first call after the second.

    ``waits`` are when the two come, in units of ``seconds``; equal ones come at the same time.
    """
    calls = [0]

    def fault(request: ForwardingHandler) -> bool:
        calls[0] += 1
        body = json.loads(request._body() or b"{}")
        body["Entries"].reverse()
        backwards = json.dumps(body).encode()
        target = request.server.target or ""
        del request.headers["Content-Length"]
        for n in waits:
            wait = seconds * (n + 1 if calls[0] % 2 else n)
            threading.Timer(wait, request._ask, (target, backwards)).start()
        request._kept = json.dumps(body).encode()  # type: ignore[attr-defined]
        return messages_lost(request)

    return fault
