"""Whole stacks: the real template on the emulator, with a sample sky that is made once a session."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.allwise.tiles import Tile
from local.given_archive import GivenArchive
from local.stack import Plan, Sky, Stack, Trees, make_sky, running_stack
from skybatch.surveys.catalogue import DEFAULT_SURVEY
from tests.e2e.service import Service

StartStack = Callable[..., Stack]

# A message whose worker is lost comes back after 18 s (six times this), not three minutes.
QUICK = {"WorkerTimeout": "3"}
SMALL = Sky(few=True)


class KeptSkies:
    """Sample skies, each made once by one of the processes that test, and read by all that want the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def made(self, sky: Sky) -> Trees:
        """Make a sky, or give the one that was made before."""
        folder = self.folder / hashlib.sha256(repr(sky).encode()).hexdigest()[:16]
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "whole").exists():
                trees = make_sky(sky, folder)
                (folder / "whole").touch()
                return trees
        images = folder / "public"
        return Trees(GivenArchive(folder / "archive"), images if images.exists() else None)


@pytest.fixture(scope="session")
def skies(tmp_path_factory: pytest.TempPathFactory) -> KeptSkies:
    """The sample skies of all stacks of this run."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "skies"
    folder.mkdir(exist_ok=True)
    return KeptSkies(folder)


@contextmanager
def starting(skies: KeptSkies, folders: pytest.TempPathFactory) -> Iterator[StartStack]:
    """Starts stacks that live to the end of the block."""

    def kept(sky: Sky, _: Path, __: Callable[[str], None]) -> Trees:
        return skies.made(sky)

    with ExitStack() as running:

        def start(
            *,
            few: bool = True,
            surveys: Sequence[str] = (DEFAULT_SURVEY,),
            tiles: Sequence[Tile] = (),
            parameters: dict[str, str] | None = None,
            **wanted: Any,
        ) -> Stack:
            sky, given = Sky(tuple(surveys), few, tuple(tiles)), QUICK | (parameters or {})
            plan = Plan(folders.mktemp("stack"), sky=sky, parameters=given, make_sky=kept, **wanted)
            return running.enter_context(running_stack(plan))

        yield start


@pytest.fixture(scope="module")
def start_stack(skies: KeptSkies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartStack]:
    """Starts further stacks, which live to the end of the module: one that waits takes its time too.

    Takes the fields of `local.stack.Sky` and of `local.stack.Plan` but the folder:
    ``start_stack(parameters={"MaxRows": "10"}, emulator={"AUTH": "true"})``; the sample sky is the small one
    of 2MASS unless ``few=False``, ``surveys`` or an ``archive``.
    """
    with starting(skies, tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def stack(skies: KeptSkies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The session's shared stack: ``url``, ``outputs``, ``emulator.client(service)``, ``archive``.

    Its emails: `local.mailbox.emails` and `wait_for_email` with ``stack.emulator.url``.
    """
    with starting(skies, tmp_path_factory) as start:
        yield start()


@pytest.fixture(scope="session")
def service(stack: Stack) -> Service:
    """The shared stack as its users meet it."""
    return Service(stack.url)
