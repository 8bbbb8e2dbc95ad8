"""When a request is repeated, and after which delay."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

# A repetition can help: the server is busy (429) or failed (500), or a gateway before it did (502-504).
RETRYABLE = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential backoff with full jitter; times in seconds.

    Attributes
    ----------
    max_attempts
        The number of times one request is made at most.
    initial_delay, max_delay
        The upper bound of the first delay, which doubles with each attempt, and the limit of that bound.
    max_retry_after
        The longest Retry-After that is waited for; a server that asks for more gets no other attempt.
    """

    max_attempts: int = 8
    initial_delay: float = 0.5
    max_delay: float = 20.0
    max_retry_after: float = 120.0

    def delay(self, attempt: int, retry_after: float | None = None) -> float:
        """Return the seconds to wait after the given attempt (from 1), at least ``retry_after``."""
        bound = min(self.max_delay, self.initial_delay * 2.0 ** (attempt - 1))
        return (retry_after or 0.0) + random.uniform(0.0, bound)  # noqa: S311  (spreads load, no secret)

    def is_exhausted(self, attempt: int, retry_after: float | None) -> bool:
        """Whether no attempt may follow the given one."""
        return attempt >= self.max_attempts or (
            retry_after is not None and retry_after > self.max_retry_after
        )


def parse_retry_after(text: str | None, now: float | None = None) -> float | None:
    """Return the seconds of a Retry-After header: a number or a date (RFC 9110, section 10.2.3)."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - (time.time() if now is None else now))
