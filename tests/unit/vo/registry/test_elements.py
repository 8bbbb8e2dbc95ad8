"""Elements are escaped."""

from __future__ import annotations

from skybatch.vo.registry.elements import element, optional


def test_text_and_attributes_are_escaped() -> None:
    assert element("a", "<&", x__y='"') == "<a x:y='\"'>&lt;&amp;</a>\n"
    assert element("a", (element("b"),)) == "<a>\n<b></b>\n</a>\n"
    assert optional("a", "") == ""
