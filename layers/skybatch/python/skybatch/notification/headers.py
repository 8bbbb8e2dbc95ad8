"""The header fields of our emails, beside those that SES writes (RFC 5322, 3834, 2369, 8058)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

REFERENCE_HEADER = "X-Correlation-Id"
# No vacation responder answers such a message (RFC 3834, section 5), nor Exchange's.
AUTOMATIC: Mapping[str, str] = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def reference_headers(reference: str) -> dict[str, str]:
    """Return the header by which operators know the batch in their logs."""
    return {REFERENCE_HEADER: reference} if reference else {}


def thread_headers(thread: str, base_url: str, *, follows: bool) -> dict[str, str]:
    """Return the headers that put all messages about one chain of batches into one thread.

    SES chooses the identifier of each message, so all refer to one that was never sent, as threading allows
    (RFC 5256, REFERENCES).

    Parameters
    ----------
    thread
        The name of the chain.
    follows
        Whether a message about the chain was sent before.
    """
    if not thread:
        return {}
    identifier = f"<{thread}@{urlsplit(base_url).hostname or 'skybatch.invalid'}>"
    return {"References": identifier, **({"In-Reply-To": identifier} if follows else {})}


def unsubscribe_headers(link: str) -> dict[str, str]:
    """Return the headers by which a mail program offers to block the address, by POST alone."""
    if not link.startswith("https://"):
        return {"List-Unsubscribe": f"<{link}>"} if link else {}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
