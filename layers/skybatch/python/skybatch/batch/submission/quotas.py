"""How many batches one email address and one caller may start, so that no mailbox can be flooded.

Each accepted batch leaves a marker ``active/{subject}/{batch}`` in the results bucket, and another with
``.ended`` after it at its end; both count for a day by the bucket's own clock. Calls at the same moment may
all pass, so a quota can be exceeded by the number of concurrent calls.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import obstore
from obstore.store import ObjectStore

from skybatch.batch import keys
from skybatch.callers.mailboxes import mailbox
from skybatch.callers.networks import site_network
from skybatch.errors import TooMany
from skybatch.redaction import batch_hash
from skybatch.settings import Settings

DAY_SECONDS = 86_400
# Seconds after which to try again where a running batch must end first: most are done by then.
RETRY_AFTER_ACTIVE = 60
ENDED = ".ended"


@dataclass(frozen=True)
class QuotaSubject:
    """Somebody whose batches are counted.

    Attributes
    ----------
    folder
        Where its markers are; a keyed hash, so that it identifies nobody.
    noun
        What an error calls the subject.
    max_daily
        Batches that may be started within a day.
    max_active
        Batches that may run at a time, None for any number.
    """

    folder: str
    noun: str
    max_daily: int
    max_active: int | None = None


def address_subject(secret: bytes, email: str, settings: Settings) -> QuotaSubject:
    """Give the mailbox that an email address leads to."""
    folder = _folder(secret, f"address {mailbox(email)}")
    return QuotaSubject(folder, "email address", settings.max_daily_batches, settings.max_active_batches)


def caller_subject(secret: bytes, ip: str, settings: Settings) -> QuotaSubject:
    """Give whoever calls from an IP address; many may share one, so only a day's batches are limited."""
    return QuotaSubject(
        _folder(secret, f"caller {site_network(ip)}"), "network address", settings.max_daily_from_caller
    )


def admit(
    objects: ObjectStore, subjects: Sequence[QuotaSubject], batch_id: str, now: float
) -> tuple[str, ...]:
    """Count a new batch for each of the subjects; return the markers that `release` takes at its end.

    Raises
    ------
    TooMany
        One of them has reached a quota; it has the seconds after which the call may pass. The batch then
        counts for none.
    """
    for subject in subjects:
        _check(objects, subject, now)
    markers = {subject: f"{subject.folder}/{batch_hash(batch_id)}" for subject in subjects}
    for marker in markers.values():
        obstore.put(objects, marker, b"")
    return tuple(marker for subject, marker in markers.items() if subject.max_active is not None)


def release(objects: ObjectStore, markers: Sequence[str]) -> None:
    """Record that the batch of these markers runs no more."""
    for marker in markers:
        obstore.put(objects, marker + ENDED, b"")


def _check(objects: ObjectStore, subject: QuotaSubject, now: float) -> None:
    ages = _ages(objects, subject.folder, now)
    started = {name: age for name, age in ages.items() if not name.endswith(ENDED)}
    if len(started) >= subject.max_daily:
        raise TooMany(
            f"This {subject.noun} has started {len(started)} batches within a day, the most it may.",
            retry_after=int(DAY_SECONDS - max(started.values())) + 1,
        )
    active = [name for name in started if name + ENDED not in ages]
    if subject.max_active is not None and len(active) >= subject.max_active:
        raise TooMany(
            f"This {subject.noun} has {len(active)} batches running; "
            f"at most {subject.max_active} may at a time.",
            retry_after=RETRY_AFTER_ACTIVE,
        )


def _ages(objects: ObjectStore, folder: str, now: float) -> dict[str, float]:
    """List the day's markers by name, with the seconds since each was written."""
    ages = {
        entry["path"]: now - entry["last_modified"].timestamp()
        for page in obstore.list(objects, f"{folder}/")
        for entry in page
    }
    return {name: age for name, age in ages.items() if age < DAY_SECONDS}


def _folder(secret: bytes, who: str) -> str:
    return f"{keys.QUOTA_MARKERS}/{hmac.new(secret, who.encode(), hashlib.sha256).hexdigest()}"
