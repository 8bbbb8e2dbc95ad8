"""A search ends when it has taken as long as it may."""

from __future__ import annotations

import time

import pytest

from skybatch.errors import TooLarge
from skybatch.vo import deadline


def test_the_check_passes_until_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    check = deadline.search_deadline()
    now[0] += deadline.MAX_SECONDS
    check()
    now[0] += 0.001
    with pytest.raises(TooLarge):
        check()
