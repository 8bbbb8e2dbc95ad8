"""The page of a mailbox has the buttons that can be pressed now, and no others."""

from __future__ import annotations

import re

import pytest

from skybatch.pages.address import address_page
from skybatch.settings import Settings


@pytest.mark.parametrize(
    ("blocked", "confirmed", "buttons"),
    [
        (False, True, ["block"]),
        (True, True, ["allow"]),
        (False, False, ["confirm", "block"]),
        (True, False, ["confirm"]),
    ],
)
def test_buttons(blocked: bool, confirmed: bool, buttons: list[str]) -> None:
    page = address_page("a…@example.org", Settings(), blocked=blocked, confirmed=confirmed)
    assert re.findall(r'name="action" value="(\w+)"', page) == buttons
    assert page.count('method="post"') == len(buttons)


def test_what_is_shown_is_escaped() -> None:
    assert "<b>@" not in address_page("<b>@x.org", Settings(), blocked=False, confirmed=True)
