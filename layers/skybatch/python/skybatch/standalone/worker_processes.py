"""Processes that work on jobs side by side, of which any may die: another then takes its place.

`concurrent.futures.ProcessPoolExecutor` gives up as a whole when one of its processes dies.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class WorkerDied(Exception):
    """The process that had a job ended without an answer: its code as `multiprocessing` gives it."""


@dataclass(frozen=True)
class Finished(Generic[Job, Result]):
    """A job with its result, or what it raised."""

    job: Job
    result: Result | None = None
    error: Exception | None = None


@dataclass
class _Worker:
    """A process, our end of its pipe, and the job it has."""

    process: Any
    connection: Connection
    job: Any = None


class WorkerProcesses(Generic[Job, Result]):
    """A context manager of processes that each call ``work`` for a job at a time.

    They are forked by a server process that has nothing but the modules of ``preload`` in it, because a fork
    of this process would inherit the locks of its threads but not the threads. Their environment variables
    are those that this process has when they start.
    """

    def __init__(self, work: Callable[[Job], Result], count: int, preload: Iterable[str] = ()) -> None:
        self._work = work
        self._count = count
        self._context: Any = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", *preload])

    def __enter__(self) -> WorkerProcesses[Job, Result]:
        """Begin to start the processes, which takes as long as importing the modules."""
        self._workers: list[_Worker] = []
        self._starting = threading.Thread(target=self._start_all)
        self._starting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._starting.join()
        for worker in self._workers:
            worker.connection.close()  # ends a process that waits for a job
            if worker.job is not None:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join()

    def run(self, next_job: Callable[[], Job | None]) -> Iterator[Finished[Job, Result]]:
        """Yield jobs as they finish, until none is left.

        ``next_job`` gives one whenever a process is free, None where there is none now: what was yielded may
        make more.
        """
        self._starting.join()
        while True:
            for worker in self._workers:
                if worker.job is None and (job := next_job()) is not None:
                    self._give(worker, job)
            busy = {worker.connection: worker for worker in self._workers if worker.job is not None}
            if not busy:
                return
            for connection in wait(list(busy)):
                yield self._take(busy[connection])  # type: ignore[index]

    def _start_all(self) -> None:
        self._workers.extend(self._start() for _ in range(self._count))

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(self._work, theirs, dict(os.environ)), daemon=True
        )
        with _without_interrupts():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _give(self, worker: _Worker, job: Job) -> None:
        worker.job = job
        try:
            worker.connection.send(job)
        except OSError:  # it died while it waited, which reading will tell
            return

    def _take(self, worker: _Worker) -> Finished[Job, Result]:
        """Read a worker's answer; replace one that died."""
        job, worker.job = worker.job, None
        try:
            result, error = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            error = WorkerDied(f"exit code {worker.process.exitcode}")
            worker.connection.close()
            self._workers[self._workers.index(worker)] = self._start()
            return Finished(job, error=error)
        return Finished(job, result, error)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Block Ctrl-C for what is started in the block: a terminal sends it to all, and one is enough."""
    resource_tracker.ensure_running()  # starting it, which the first process does, ends any block
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _serve(work: Callable[[Any], Any], connection: Connection, environment: dict[str, str]) -> None:
    """Answer jobs until the other end of the pipe closes, while this one waits or works."""
    os.environ.clear()  # of the server of forks, which may be older than a change of them
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            connection.send(_answer(work, connection.recv()))


def _answer(work: Callable[[Any], Any], job: Any) -> tuple[Any, Exception | None]:
    try:
        return work(job), None
    except Exception as error:  # noqa: BLE001 - the caller decides what it means
        return None, _portable(error)


def _portable(error: Exception) -> Exception:
    """Return an error that can be sent to another process."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever its class does with its arguments
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
