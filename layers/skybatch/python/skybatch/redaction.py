"""What logs may say: a batch by a hash of its id, nobody by an address.

A batch's id is all it takes to read the batch, and an address belongs to a person; logs are read by more
people than either was given to, and kept longer.
"""

from __future__ import annotations

import re
from hashlib import sha256

HASH_DIGITS = 24
# An id, or anything that looks like one, whatever stands beside it: after an escaped line end or slash
# (``\\n``, ``%2f``) it has a letter before it.
_ID = re.compile(r"[0-9a-f]{32}")
# Wider than what is accepted as an address: better a word too many hidden than one too few. The at sign
# may stand as a URL has it.
_ADDRESS = re.compile(r"[^\s@,;<>\"()\[\]\\]{0,254}(?:@|%40)[A-Za-z0-9-][A-Za-z0-9.-]{0,254}")


def batch_hash(batch_id: str) -> str:
    """What stands for a batch in logs, metrics and traces: 96 bits that lead to no id.

    An id has 128 random bits, so nobody finds it by trying what hashes to this.
    """
    return sha256(batch_id.encode()).hexdigest()[:HASH_DIGITS]


def scrubbed(text: str) -> str:
    """The text with every batch id as ``#`` and its hash, and every address as ``(address)``."""
    hashed = _ID.sub(lambda found: f"#{batch_hash(found[0])}", text)
    return _ADDRESS.sub("(address)", hashed) if "@" in hashed or "%40" in hashed else hashed
