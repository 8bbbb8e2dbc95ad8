"""Email addresses that want no more mail, that confirmed they want it, and the links by which they say so.

Beside the batches in the results bucket, below ``mail/``. A mailbox is named by a keyed hash, whichever of
its spellings is given, so what is kept of it identifies nobody. A link is a random word that only one mail
has, and expires with the batches.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import obstore

from skybatch.callers.mailboxes import mailbox
from skybatch.errors import NotFound
from skybatch.storage.conditional_writes import create_object

if TYPE_CHECKING:
    from obstore.store import ObjectStore

FOLDER = "mail"
KEY = f"{FOLDER}/key"
LINK = re.compile(r"[0-9a-f]{32}")
LINK_BYTES = 16
# A mailbox that was asked to confirm is not asked again before.
ASK_AGAIN_SECONDS = 86_400


@dataclass(frozen=True)
class AddressLink:
    """What a link in a mail stands for: the mailbox, and the address as its owner will know it again."""

    mailbox: str
    shown: str


class Addresses:
    """What is known of mailboxes in one deployment's results bucket."""

    def __init__(self, objects: ObjectStore) -> None:
        self.objects = objects

    def name(self, email: str) -> str:
        """Return the name of the mailbox of an address: a keyed hash."""
        return hmac.new(self._secret, mailbox(email).encode(), hashlib.sha256).hexdigest()

    def make_link(self, email: str) -> str:
        """Keep a new link for the mail to an address, and return its word."""
        word = secrets.token_hex(LINK_BYTES)
        link = AddressLink(self.name(email), masked(email))
        self._write(f"links/{word}", asdict(link))
        return word

    def link(self, word: str) -> AddressLink:
        """Return what a link stands for. Raises NotFound for one that there is not, or no longer."""
        found = self._read(f"links/{word}") if LINK.fullmatch(word) else None
        if found is None:
            raise NotFound("There is no such link, or it has expired with its batch.")
        return AddressLink(**found)

    def is_blocked(self, name: str) -> bool:
        """Whether a mailbox wants no more mail."""
        return bool((self._read(f"blocked/{name}") or {}).get("blocked"))

    def block(self, name: str, now: float, *, blocked: bool = True) -> None:
        """Send a mailbox no more mail, or mail again."""
        self._write(f"blocked/{name}", {"blocked": blocked, "at": now})

    def is_confirmed(self, name: str) -> bool:
        """Whether the owner of a mailbox said that mail is wanted."""
        return self._read(f"confirmed/{name}") is not None

    def confirm(self, name: str, now: float) -> None:
        """Remember that mail is wanted."""
        self._write(f"confirmed/{name}", {"at": now})

    def is_to_be_asked(self, name: str, now: float) -> bool:
        """Whether a mailbox was not asked to confirm within a day; it counts as asked from now on."""
        asked = self._read(f"asked/{name}")
        if asked is not None and now - asked["at"] < ASK_AGAIN_SECONDS:
            return False
        self._write(f"asked/{name}", {"at": now})
        return True

    def ask_again(self, name: str, now: float) -> None:
        """Let the next batch ask a mailbox whose question was not sent."""
        self._write(f"asked/{name}", {"at": now - ASK_AGAIN_SECONDS})

    def hold(self, name: str, batch_id: str) -> None:
        """Remember a batch whose message waits for its mailbox to be confirmed."""
        self._write(f"held/{name}/{batch_id}", {})

    def held(self, name: str) -> Iterator[str]:
        """List the batches whose messages wait for a mailbox."""
        for page in obstore.list(self.objects, f"{FOLDER}/held/{name}/"):
            for entry in page:
                yield entry["path"].rpartition("/")[2]

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads(bytes(obstore.get(self.objects, f"{FOLDER}/{name}").bytes()))
        except FileNotFoundError:
            return None
        return found

    def _write(self, name: str, value: dict[str, Any]) -> None:
        obstore.put(self.objects, f"{FOLDER}/{name}", json.dumps(value).encode())

    @cached_property
    def _secret(self) -> bytes:
        """The key of the names, made by the first that needs it."""
        with suppress(FileNotFoundError):
            return bytes(obstore.get(self.objects, KEY).bytes())
        create_object(self.objects, KEY, secrets.token_bytes(32))
        return bytes(obstore.get(self.objects, KEY).bytes())


def masked(email: str) -> str:
    """Write an address so that its owner knows it, and a stranger does not."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
