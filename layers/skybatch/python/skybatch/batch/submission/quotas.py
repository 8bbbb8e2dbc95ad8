"""How much one address and one caller may ask for, so that nobody's mailbox can be flooded from here.

Each accepted batch leaves a marker ``active/{who}/{batch}`` in the results bucket, and another with
``.ended`` after it at its end; both count for a day by the bucket's own clock. Two calls at the same
moment may both pass: a bound may be exceeded by as many as race.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import obstore
from obstore.store import ObjectStore

from skybatch.batch import keys
from skybatch.errors import TooMany
from skybatch.redaction import batch_hash
from skybatch.settings import Settings

DAY_SECONDS = 86_400
# When to ask again where a running batch must end first: most are done by then.
SECONDS_TO_AN_END = 60
ENDED = ".ended"
# The network that one customer gets (RFC 6177); within it addresses change at will.
IPV6_CUSTOMER_BITS = 64


@dataclass(frozen=True)
class Party:
    """Somebody that batches are counted for.

    Attributes
    ----------
    folder
        Where its markers lie; names nobody.
    noun
        What an error calls it.
    daily
        Batches it may start within a day.
    active
        Batches it may have running at a time, None for any number.
    """

    folder: str
    noun: str
    daily: int
    active: int | None = None


def address_party(secret: bytes, email: str, settings: Settings) -> Party:
    """The mailbox that an address leads to."""
    folder = _folder(secret, f"address {mailbox(email)}")
    return Party(folder, "email address", settings.max_daily_batches, settings.max_active_batches)


def caller_party(secret: bytes, ip: str, settings: Settings) -> Party:
    """Whoever calls from an IP address; many may share one, so only a day's batches are bounded."""
    return Party(_folder(secret, f"caller {network(ip)}"), "network address", settings.max_daily_from_caller)


def mailbox(email: str) -> str:
    """One spelling for the addresses that commonly lead to one mailbox: case, dots and +tags aside.

    Where they are several mailboxes after all, these share one bound.
    """
    local, _, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def network(ip: str) -> str:
    """An IPv4 address as it is, an IPv6 address as its customer's network; other text unchanged."""
    try:
        parsed = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, IPV6_CUSTOMER_BITS), strict=False))


def admit(objects: ObjectStore, parties: Sequence[Party], batch_id: str, now: float) -> tuple[str, ...]:
    """Count a new batch for each of the parties; gives the markers that wait for the batch's `end`.

    Raises TooMany, with the seconds after which it may pass, where one has reached a bound; then the
    batch counts for none.
    """
    for party in parties:
        _check(objects, party, now)
    markers = {party: f"{party.folder}/{batch_hash(batch_id)}" for party in parties}
    for marker in markers.values():
        obstore.put(objects, marker, b"")
    return tuple(marker for party, marker in markers.items() if party.active is not None)


def end(objects: ObjectStore, markers: Sequence[str]) -> None:
    """The batch runs no more."""
    for marker in markers:
        obstore.put(objects, marker + ENDED, b"")


def _check(objects: ObjectStore, party: Party, now: float) -> None:
    ages = _ages(objects, party.folder, now)
    started = {name: age for name, age in ages.items() if not name.endswith(ENDED)}
    if len(started) >= party.daily:
        raise TooMany(
            f"This {party.noun} has started {len(started)} batches within a day, the most it may.",
            retry_after=int(DAY_SECONDS - max(started.values())) + 1,
        )
    active = [name for name in started if name + ENDED not in ages]
    if party.active is not None and len(active) >= party.active:
        raise TooMany(
            f"This {party.noun} has {len(active)} batches running; at most {party.active} may at a time.",
            retry_after=SECONDS_TO_AN_END,
        )


def _ages(objects: ObjectStore, folder: str, now: float) -> dict[str, float]:
    """The day's markers by name, and how many seconds ago each was written."""
    ages = {
        entry["path"]: now - entry["last_modified"].timestamp()
        for page in obstore.list(objects, f"{folder}/")
        for entry in page
    }
    return {name: age for name, age in ages.items() if age < DAY_SECONDS}


def _folder(secret: bytes, who: str) -> str:
    return f"{keys.QUOTA_MARKERS}/{hmac.new(secret, who.encode(), hashlib.sha256).hexdigest()}"
