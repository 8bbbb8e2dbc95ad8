"""How each name service is asked: how many at once, how soon after each other, for how long."""

from __future__ import annotations

import threading
import time
from typing import Protocol

import urllib3

from skybatch.names.services import Reply, Service, State, ask

# After so many failures one upon the other a service is left alone for the rest of the call.
MOST_FAILURES = 3


class OutOfTime(Exception):
    """The deadline came before an answer."""


class Turn(Protocol):
    """Lets one process at a time ask a service that wants nobody side by side, such as a lease in S3."""

    def take(self, deadline: float) -> bool:
        """Wait for the turn until ``deadline`` (``time.monotonic()``); whether it came."""

    def give_back(self) -> None:
        """Let the next one in; only called after a turn was taken."""


class OwnTurn:
    """Always free: for a service that may be asked side by side, and where there is but one process."""

    def take(self, deadline: float) -> bool:
        """At once."""
        return time.monotonic() < deadline

    def give_back(self) -> None:
        """Nobody waits."""


class Lane:
    """Lets through as many at once as a service allows, and no sooner after each other."""

    def __init__(self, service: Service, turn: Turn | None = None) -> None:
        self.service = service
        self.turn = turn or OwnTurn()
        self.places = threading.BoundedSemaphore(service.side_by_side)
        self.lock = threading.Lock()
        self.free_from = 0.0
        self.failures = 0

    def ask(self, name: str, pool: urllib3.PoolManager, deadline: float) -> Reply:
        """The service's reply in its turn; raises OutOfTime if the deadline (monotonic) comes first."""
        if not self.places.acquire(timeout=max(deadline - time.monotonic(), 0.0)):
            raise OutOfTime
        try:
            if self.failures >= MOST_FAILURES:
                return Reply(self.service.name, State.DOWN, "does not answer at present")
            return self.ask_in_turn(name, pool, deadline)
        finally:
            self.places.release()

    def ask_in_turn(self, name: str, pool: urllib3.PoolManager, deadline: float) -> Reply:
        """Ask when the interval is over and no other process asks; raises OutOfTime as above."""
        if not self.turn.take(deadline):
            raise OutOfTime
        try:
            self.wait_interval(deadline)
            reply = ask(self.service, name, pool, min(self.service.timeout, deadline - time.monotonic()))
        finally:
            self.turn.give_back()
        if reply.state is State.DOWN and time.monotonic() >= deadline:
            raise OutOfTime
        self.failures = self.failures + 1 if reply.state is State.DOWN else 0
        return reply

    def wait_interval(self, deadline: float) -> None:
        """Sleep until the interval since the last request is over."""
        with self.lock:
            turn = max(self.free_from, time.monotonic())
            if turn >= deadline:
                raise OutOfTime
            self.free_from = turn + self.service.interval
        time.sleep(max(turn - time.monotonic(), 0.0))
