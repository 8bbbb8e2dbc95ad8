"""A browser and faults. Whole stacks stand in `tests.support.batches.stacks`, for contract tests to share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browser import Browser, chromium
from tests.e2e.faults import Faults
from tests.support.batches.stacks import StartStack

__all__ = ["StartStack"]


@pytest.fixture(scope="module")
def faults() -> Faults:
    """What happens to the functions' requests; nothing, until a module says what."""
    return Faults()


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the browser keeps what it downloads."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(downloads: Path) -> Iterator[Browser]:
    """Chromium; skips where the machine has none."""
    with chromium(downloads) as opened:
        yield opened


@pytest.fixture
def quiet(browser: Browser) -> Iterator[None]:
    """No page may have scripts refused, files missing or errors thrown."""
    browser.complaints()
    yield
    assert browser.complaints() == []
