"""Email addresses that one message can be sent to.

SES refuses what is not an address of RFC 5321 in ASCII, hours after the request: it is refused here instead,
to the person who can correct it. Quoted local parts and addresses in brackets are not taken: nobody has one.
"""

from __future__ import annotations

import re

from skybatch.validation import InvalidValue

MAX_EMAIL_CHARACTERS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
MAX_LOCAL_CHARACTERS = 64  # RFC 5321, section 4.5.3.1.1
# Dot-string of RFC 5321, section 4.1.2: words of these, with single dots between.
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL_PART = re.compile(rf"{_WORD}(?:\.{_WORD})*")
# RFC 1035, section 2.3.4: at most 63 characters; letters and digits outside, hyphens within.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?=[A-Za-z0-9-]*[A-Za-z])(?:{_LABEL})")  # no top domain is a number


def parse_email(text: str) -> str:
    """Parse an address that one message can be sent to. Raises InvalidValue."""
    local, _, domain = text.rpartition("@")
    if len(text) > MAX_EMAIL_CHARACTERS or len(local) > MAX_LOCAL_CHARACTERS:
        raise InvalidValue(
            f"must be one e-mail address, of at most {MAX_EMAIL_CHARACTERS} characters, "
            f"{MAX_LOCAL_CHARACTERS} before the @"
        )
    if not text.isascii():
        raise InvalidValue("must be one e-mail address, in ASCII (a domain as xn--…)")
    if not LOCAL_PART.fullmatch(local) or not DOMAIN.fullmatch(domain):
        raise InvalidValue("must be one e-mail address")
    return text
