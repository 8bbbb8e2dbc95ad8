"""The page that a link in each email leads to: why it was sent, and buttons to have no more."""

from __future__ import annotations

from skybatch.pages.environment import render
from skybatch.settings import Settings


def address_page(shown: str, settings: Settings, *, blocked: bool, confirmed: bool) -> str:
    """Render the page of a mailbox; ``shown`` is its address as its owner knows it again."""
    return render("address.html", shown=shown, settings=settings, blocked=blocked, confirmed=confirmed)
