"""The fixtures of whole stacks stand in `tests.support.batches.stacks`, for contract tests to share."""

import pytest

from tests.e2e.faults import Faults
from tests.support.batches.stacks import StartStack

__all__ = ["StartStack"]


@pytest.fixture(scope="module")
def faults() -> Faults:
    """What happens to the functions' requests; nothing, until a module says what."""
    return Faults()
