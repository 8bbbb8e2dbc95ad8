"""Addresses that a message can be sent to are taken, those that SES would refuse are not."""

from __future__ import annotations

import pytest

from skybatch.requests.email_address import MAX_EMAIL_CHARACTERS, MAX_LOCAL_CHARACTERS, parse_email
from skybatch.validation import InvalidValue

LABEL = "b" * 63


@pytest.mark.parametrize(
    "address",
    [
        "a@b.org",
        "first.last+tag@sub.example-site.edu",
        "o'neill_{x}@b.org",
        "a@xn--bcher-kva.example",
        "a@4.example",
        "a" * MAX_LOCAL_CHARACTERS + "@b.org",
        f"a@{LABEL}.org",
        "a@" + f"{LABEL}." * 3 + "b" * (MAX_EMAIL_CHARACTERS - 2 - 3 * 64 - 4) + ".org",
    ],
)
def test_one_address_is_taken(address: str) -> None:
    assert parse_email(address) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "@", "a@", "@b.org", "a@b", "a@b.org,c@d.org", "a b@c.org", "A <a@b.org>", "a@b.org\n"),
        *("a\r\nBcc: c@d.org", "a@@b.org", "a@b@c.org", '"a"@b.org', "a@[192.0.2.7]", "a@192.0.2.7"),
        *(".a@b.org", "a.@b.org", "a..b@c.org"),
        *("a@b..org", "a@.b.org", "a@b.org.", "a@-b.org", "a@b-.org", "a@b_c.org", "a@b.123"),
        *("ü@b.org", "a@bücher.example", "a\u200b@b.org", "a\x00@b.org"),
        "a@" + "b" * MAX_EMAIL_CHARACTERS + ".org",
        "a" * (MAX_LOCAL_CHARACTERS + 1) + "@b.org",
        f"a@{LABEL}b.org",
    ],
)
def test_what_cannot_be_written_to_is_invalid(text: str) -> None:
    with pytest.raises(InvalidValue, match="e-mail address"):
        parse_email(text)
