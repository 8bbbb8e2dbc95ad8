"""Jobs on processes of which any may die."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable

import pytest

from skybatch.standalone.worker_processes import Finished, WorkerDied, WorkerProcesses


def work(job: str) -> str:
    if job.startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if job.startswith("raise"):
        raise ValueError(job)
    if job.startswith("odd"):
        raise Odd(job, 2)
    return f"{job} by {os.getpid()}"


def variable(name: str) -> str:
    return os.environ.get(name, "unset")


class Odd(Exception):
    """Cannot be made anew from its arguments."""

    def __init__(self, job: str, other: int) -> None:
        super().__init__(f"{job} {other}")


def from_list(jobs: list[str]) -> Callable[[], str | None]:
    left = deque(jobs)
    return lambda: left.popleft() if left else None


def finished(jobs: list[str], count: int = 2) -> list[Finished[str, str]]:
    with WorkerProcesses(work, count) as workers:
        return list(workers.run(from_list(jobs)))


def test_every_job_is_done_once_by_one_of_the_processes() -> None:
    done = finished([f"job{n}" for n in range(40)])
    assert sorted(each.job for each in done) == sorted(f"job{n}" for n in range(40))
    by = {(each.result or "").split()[-1] for each in done}
    assert len(by) == 2
    assert str(os.getpid()) not in by


def test_what_a_job_raises_is_told_and_the_process_goes_on() -> None:
    done = {each.job: each for each in finished(["raise1", "odd", "job"], count=1)}
    assert isinstance(done["raise1"].error, ValueError)
    assert "odd 2" in str(done["odd"].error)
    assert done["job"].error is None


def test_a_process_that_dies_is_replaced_and_its_job_told() -> None:
    done = finished(["die1", "job1", "die2", "job2", "job3"])
    died = {each.job for each in done if isinstance(each.error, WorkerDied)}
    assert died == {"die1", "die2"}
    assert {each.job for each in done if each.error is None} == {"job1", "job2", "job3"}


def test_jobs_may_come_of_what_was_done() -> None:
    left = deque(["first"])
    seen = []
    with WorkerProcesses(work, 2) as workers:
        for each in workers.run(lambda: left.popleft() if left else None):
            seen.append(each.job)
            if each.job == "first":
                left.extend(["second", "third"])
    assert sorted(seen) == ["first", "second", "third"]


def test_leaving_early_ends_the_processes() -> None:
    with WorkerProcesses(work, 2) as workers:
        next(workers.run(from_list(["job"] * 10)))
        processes = [worker.process for worker in workers._workers]
    assert all(process.exitcode is not None for process in processes)


def test_environment_variables_are_those_of_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook may set `AWS_PROFILE` after its first batch, when the server of forks runs already."""

    def seen() -> str | None:
        with WorkerProcesses(variable, 1) as workers:
            return next(iter(workers.run(from_list(["AWS_PROFILE"])))).result

    monkeypatch.delenv("AWS_PROFILE", raising=False)
    assert seen() == "unset"
    monkeypatch.setenv("AWS_PROFILE", "archive")
    assert seen() == "archive"
    monkeypatch.delenv("AWS_PROFILE")
    assert seen() == "unset"
