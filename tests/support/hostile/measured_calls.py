"""Calls of a function, each measured in a process of its own that has only imported it.

A server imports the function once and forks for each call, as a fresh instance of Lambda would be: processor
time includes the opening of the inventory, memory is the peak of the whole process (VmHWM). Buckets are
folders, and the name services have no time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Cost:
    """What one call took.

    Attributes
    ----------
    status
        Of the answer.
    seconds
        Of a processor, all threads together.
    megabytes
        The most that the process held in memory.
    bytes
        Of the answer's body.
    detail
        The beginning of the answer's body.
    calls
        Of functions, where these were counted.
    """

    status: int
    seconds: float
    megabytes: float
    bytes: int
    detail: str = ""
    calls: int = 0


class MeasuredFunction:
    """A function whose calls are measured."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def call(
        self, event: dict[str, Any], archive: Path, results: Path | None = None, *, counted: bool = False
    ) -> Cost:
        """Call it with an event of API Gateway, over buckets in folders; without results, one in memory.

        Counting the calls of functions, which takes several times as long, measures work that is the same on
        every machine.
        """
        asked = {
            "event": event,
            "counted": counted,
            "archive": str(archive),
            "results": str(results) if results else "",
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the call ended its process"
        return Cost(**json.loads(line))


@contextmanager
def measured_function(name: str) -> Iterator[MeasuredFunction]:
    """Serve a function's calls for the length of a ``with`` block."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'layers/skybatch/python'}:{ROOT}"}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, name],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield MeasuredFunction(process)
    finally:
        process.communicate()


# In the server --------------------------------------------------------------------------------------------


def _serve(name: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the functions log there

    from tests.support.batches.functions import load_function

    routes = load_function(name).ROUTES
    _imports()
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _answer(routes, json.loads(line), writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answered:
            told = answered.read()
        os.waitpid(child, 0)
        print(
            told or json.dumps(asdict(Cost(599, 0.0, 0.0, 0, "the process died"))), file=answers, flush=True
        )


def _imports() -> None:
    """Import what every instance has imported after its first calls; stores begin with each call."""
    import numpy  # noqa: F401
    import obstore.store  # noqa: F401


def _answer(routes: Any, asked: dict[str, Any], writing: int) -> None:
    from skybatch.api.app import HttpApp

    _let_folders_be_buckets()
    app = HttpApp(_dependencies(asked), routes)
    context = type("Context", (), {"function_name": "f", "memory_limit_in_mb": 1024})()
    calls = _counter() if asked["counted"] else lambda: 0
    before = time.process_time()
    answer = app.handle(asked["event"], context)
    seconds = time.process_time() - before
    count = calls()
    body = answer["body"] or ""
    size = len(body) * 3 // 4 if answer.get("isBase64Encoded") else len(body)
    cost = Cost(answer["statusCode"], seconds, _peak_megabytes(), size, body[:200], count)
    os.write(writing, json.dumps(asdict(cost)).encode())


def _counter() -> Callable[[], int]:
    """Begin to count calls, of Python's functions and of those in C; the returned function ends it."""
    count = 0

    def called(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    def end() -> int:
        sys.setprofile(None)
        return count

    sys.setprofile(called)
    return end


def _dependencies(asked: dict[str, Any]) -> Any:
    from obstore.store import LocalStore, MemoryStore

    from skybatch.api.dependencies import Dependencies
    from skybatch.inventory.cache import open_inventories
    from skybatch.names.model import Resolution
    from skybatch.settings import Settings

    archive = LocalStore(asked["archive"])
    results = LocalStore(asked["results"]) if asked["results"] else MemoryStore()
    return Dependencies(
        settings=Settings(public_url="https://sky.example"),
        results=results,
        archive=archive,
        open_inventory=open_inventories(archive),
        name_resolver=lambda: type(
            "Busy", (), {"resolve": lambda _, names, deadline: Resolution({}, tuple(names))}
        )(),
        start_execution=lambda *_: None,
    )


def _let_folders_be_buckets() -> None:
    """Folders sign no URLs, and keep no media types."""
    import obstore

    from skybatch.storage import links

    obstore.sign = lambda store, method, paths, expires_in: f"https://s3/{paths}?X-Amz-Signature=0"
    put = obstore.put
    obstore.put = lambda *given, attributes=None, **more: put(*given, **more)
    links._signed_with = lambda overrides, url, objects, method: url


def _peak_megabytes() -> float:
    words = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()
    return int(words[0]) * 1024 / 1e6


if __name__ == "__main__":
    _serve(sys.argv[1])
