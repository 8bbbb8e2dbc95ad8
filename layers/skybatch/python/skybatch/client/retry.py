"""How long to wait before asking again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

# Asking again can help: the server is busy (429), broke (500), or something before it did (502-504).
RETRYABLE = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Backoff:
    """Exponential backoff with full jitter; seconds.

    Attributes
    ----------
    tries
        How often one request is made at most.
    first, longest
        The bound of the first pause, doubled each time, and its upper limit.
    patience
        The longest Retry-After that is waited for; a server that asks for more is not asked again.
    """

    tries: int = 8
    first: float = 0.5
    longest: float = 20.0
    patience: float = 120.0

    def pause(self, attempt: int, retry_after: float | None = None) -> float:
        """Seconds before the next try, ``attempt`` counting from 1; never less than the server asked."""
        bound = min(self.longest, self.first * 2.0 ** (attempt - 1))
        return (retry_after or 0.0) + random.uniform(0.0, bound)  # noqa: S311  (spreads load, no secret)

    def hopeless(self, attempt: int, retry_after: float | None) -> bool:
        """Whether another try is not worth it."""
        return attempt >= self.tries or (retry_after is not None and retry_after > self.patience)


def retry_after(text: str | None, now: float | None = None) -> float | None:
    """The seconds a Retry-After header asks for (RFC 9110, section 10.2.3): a number or a date."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - (time.time() if now is None else now))
