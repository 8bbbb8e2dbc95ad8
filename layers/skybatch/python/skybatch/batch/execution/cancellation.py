"""Whether a batch is to be cancelled, as workers ask before each message."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from skybatch.batch import keys
from skybatch.batch.store import BatchStore

CANCELLATION_CHECK_SECONDS = 1.0
BATCHES_REMEMBERED = 1000


@dataclass
class CancellationCheck:
    """Looks for the cancellation request of a batch, at most once in ``interval`` seconds for each batch.

    A warm worker does many messages of a batch a second. Seeing a cancellation that much later costs
    nothing: what is finished meanwhile is delivered.
    """

    interval: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _last_checks: dict[str, float] = field(default_factory=dict)

    def is_cancelled(self, store: BatchStore) -> bool:
        """Tell whether the batch is known to be cancelled."""
        now = self.clock()
        if now - self._last_checks.get(store.batch_id, -math.inf) < self.interval:
            return False
        if store.exists(keys.CANCELLATION):
            return True
        if len(self._last_checks) >= BATCHES_REMEMBERED:
            self._last_checks.clear()
        self._last_checks[store.batch_id] = now
        return False
