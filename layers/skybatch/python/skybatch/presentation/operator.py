"""Who operates the service, as pages, emails and README files name them."""

from __future__ import annotations

from skybatch.plain_text import plain
from skybatch.settings import Settings


def operator_sentence(settings: Settings) -> str:
    """Write name, page and address of the operator in one sentence; empty where none of them is set."""
    name = plain(settings.operator_name, 200)
    ways = [way for way in (settings.operator_url, settings.operator_email) if way]
    if name:
        return f"This service is operated by {name}{': ' if ways else ''}{', '.join(ways)}."
    return f"Operator of this service: {', '.join(ways)}." if ways else ""
