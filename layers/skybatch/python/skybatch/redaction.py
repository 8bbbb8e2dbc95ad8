"""Redact log text: batch ids become hashes, email addresses are removed.

A batch id is a capability (whoever has it can read the batch) and an address is personal data; logs are
read by more people than either was given to, and are kept longer.
"""

from __future__ import annotations

import re
from hashlib import sha256

HASH_DIGITS = 24
# An id, or anything that looks like one, whatever surrounds it: after an escaped line end or slash
# (``\\n``, ``%2f``) a letter precedes it.
_ID = re.compile(r"[0-9a-f]{32}")
# Broader than the addresses that requests may carry: removing too much is better than too little. The at
# sign may be percent-encoded, as in a URL.
_ADDRESS = re.compile(r"[^\s@,;<>\"()\[\]\\]{0,254}(?:@|%40)[A-Za-z0-9-][A-Za-z0-9.-]{0,254}")


def batch_hash(batch_id: str) -> str:
    """Return the 96-bit hash that identifies a batch in logs, metrics and traces.

    An id has 128 random bits, so it cannot be found by hashing candidates.
    """
    return sha256(batch_id.encode()).hexdigest()[:HASH_DIGITS]


def redacted(text: str) -> str:
    """Replace every batch id in a text by ``#`` and its hash, and every address by ``(address)``."""
    hashed = _ID.sub(lambda found: f"#{batch_hash(found[0])}", text)
    return _ADDRESS.sub("(address)", hashed) if "@" in hashed or "%40" in hashed else hashed
