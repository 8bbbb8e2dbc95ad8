"""The whole stack, once a session: the real template on the emulator, with the small sample sky."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from local.stack import Plan, Stack, running_stack
from tests.e2e.service import Service

StartStack = Callable[..., Stack]

# A message whose worker is lost comes back after 18 s (six times this), not three minutes.
QUICK = {"WorkerTimeout": "3"}


@pytest.fixture(scope="session")
def start_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartStack]:
    """Starts further stacks that live to the session's end.

    Takes the fields of `local.stack.Plan` but the folder: ``start_stack(parameters={"MaxRows": "10"},
    emulator={"AUTH": "true"})``; the sample sky is the small one unless ``few=False`` or an ``archive``.
    """
    with ExitStack() as running:

        def start(*, few: bool = True, parameters: dict[str, str] | None = None, **wanted: Any) -> Stack:
            folder = tmp_path_factory.mktemp("stack")
            plan = Plan(folder, few=few, parameters=QUICK | (parameters or {}), **wanted)
            return running.enter_context(running_stack(plan))

        yield start


@pytest.fixture(scope="session")
def stack(start_stack: StartStack) -> Stack:
    """The session's shared stack: ``url``, ``outputs``, ``emulator.client(service)``, ``archive``.

    Its emails: `local.mailbox.emails` and `wait_for_email` with ``stack.emulator.url``.
    """
    return start_stack()


@pytest.fixture(scope="session")
def service(stack: Stack) -> Service:
    """The shared stack as its users meet it."""
    return Service(stack.url)
