"""How long a search may take."""

from __future__ import annotations

import time
from collections.abc import Callable

from skybatch.errors import TooLarge

MAX_SECONDS = 20.0  # the API gives up after 30


def search_deadline() -> Callable[[], None]:
    """Return a check to call again and again: TooLarge once the search has taken as long as it may."""
    end = time.monotonic() + MAX_SECONDS

    def check() -> None:
        if time.monotonic() > end:
            raise TooLarge(f"The search takes longer than {MAX_SECONDS:.0f} s: give a POS too.")

    return check
