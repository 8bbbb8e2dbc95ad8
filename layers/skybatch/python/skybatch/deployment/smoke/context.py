"""What the checks share: the service, a sample of its archive, batches that ran, and access to the stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from skybatch.deployment.smoke.probe import Answer, Probe
from skybatch.deployment.smoke.sample import Sample

ENDED = ("complete", "failed", "cancelled")


@dataclass(frozen=True)
class Context:
    """One run of the smoke test.

    Attributes
    ----------
    patience
        Seconds that a batch, or a metric, is waited for.
    pause
        Seconds between two looks.
    batches
        Statuses of batches that completed, by the check that ran them.
    """

    probe: Probe
    sample: Sample
    patience: float = 300.0
    pause: float = 1.0
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)

    def submit(
        self, fields: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> tuple[str, Answer]:
        """Submit a batch of positions; its id, empty where it was not accepted."""
        answer = self.probe.post_json(
            "/batches", {"mode": "positions", "label": "smoke test", **fields}, headers
        )
        return (str(answer.json().get("batch_id", "")) if answer.status == 202 else ""), answer

    def status(self, batch_id: str) -> dict[str, Any]:
        """Return the status of a batch."""
        return self.probe.call("GET", f"/batches/{batch_id}", label="GET /batches/{id}").json()

    def ended(self, batch_id: str) -> dict[str, Any]:
        """Wait for a batch's end; its last status."""
        status: dict[str, Any] = self.until(
            lambda: self.status(batch_id), lambda seen: seen.get("state") in ENDED
        )
        return status

    def until(self, look: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
        """Look again and again until it is good, or patience ends; the last look."""
        end = time.monotonic() + self.patience
        while not good(seen := look()) and time.monotonic() < end:
            time.sleep(self.pause)
        return seen
