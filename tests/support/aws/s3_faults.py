"""What can go wrong between a client and `fake_s3`."""

from __future__ import annotations

import threading

from tests.support.aws.fake_s3 import Fault, S3Request
from tests.support.aws.s3_rules import CONFLICT, Refused


def times(count: int, fault: Fault, *, verb: str = "", word: str = "") -> Fault:
    """Apply a fault to the first ``count`` requests of a verb with a word in key and query."""
    left = [count]
    lock = threading.Lock()

    def sometimes(request: S3Request) -> bool:
        if not request.command.startswith(verb) or word not in request.path:
            return False
        with lock:
            left[0] -= 1
        return left[0] >= 0 and fault(request)

    return sometimes


def never_answer(request: S3Request) -> bool:
    """Keep the connection and say nothing; the request is not done."""
    request.fake.closing.wait()
    request.close_connection = True
    return True


def reset_reused(request: S3Request) -> bool:
    """Reset each connection that has served before, as what lies between has forgotten it."""
    if request.served == 1:
        return False
    request.reset()
    return True


def lose_answer(request: S3Request) -> bool:
    """Do what is asked and break the connection instead of answering."""
    request.perform()
    request.reset()
    return True


def refuse(refused: Refused) -> Fault:
    """Answer with an error."""

    def fault(request: S3Request) -> bool:
        request.send(refused.status, {"content-type": "application/xml"}, refused.xml())
        return True

    return fault


conflict = refuse(CONFLICT)
"""Answer 409, as while another write is under way."""


def error_inside(request: S3Request) -> bool:
    """Begin an answer with 200 and end it with an error, as long operations do; nothing is done."""
    request.send(200, {"content-type": "application/xml"}, Refused(200, "InternalError", "injected").xml())
    return True


def delay(seconds: float) -> Fault:
    """Go on only after a while."""

    def fault(request: S3Request) -> bool:
        request.fake.closing.wait(seconds)
        return False

    return fault


def stall_after(count: int) -> Fault:
    """Send so many bytes of the answer's body, and then nothing."""

    def fault(request: S3Request) -> bool:
        status, headers, body = request.perform()
        request.send_headers(status, {"content-length": str(len(body)), **headers})
        request.wfile.write(body[:count])
        return never_answer(request)

    return fault
