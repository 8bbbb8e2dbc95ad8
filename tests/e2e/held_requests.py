"""Requests held on their way until something else has happened: what is rare is made to happen every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from local.gateway import ForwardingHandler
from tests.e2e.faults import Fault, lost

LONGEST_SECONDS = 90


@dataclass
class HeldWrite:
    """Holds the first writing of an object until ``until``; later ones of the same object come after it.

    What is held goes on though its caller died meanwhile, as a request does that left a machine before its
    end. ``first`` is called as soon as the object's bytes are there. Other objects are written at once.
    """

    until: Event
    first: Callable[[], Any]
    path: str = ""
    written: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, request: ForwardingHandler) -> bool:
        request._body()
        with self._lock:
            is_first, self.path = not self.path, self.path or request.path
        if is_first:
            self.first()
            self.until.wait(LONGEST_SECONDS)
            lost(request)
            self.written.set()
            return True
        if request.path == self.path:
            self.written.wait(LONGEST_SECONDS)
        return False


def announces(event: Event) -> Fault:
    """Let what is held go on."""

    def fault(_: ForwardingHandler) -> bool:
        event.set()
        return False

    return fault


@dataclass
class Together:
    """Holds writings until there are as many as ``callers``."""

    callers: int = 2
    writes: int = 0
    enough: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, request: ForwardingHandler) -> bool:
        request._body()
        with self._lock:
            self.writes += 1
            if self.writes == self.callers:
                self.enough.set()
        self.enough.wait(LONGEST_SECONDS)
        return False
