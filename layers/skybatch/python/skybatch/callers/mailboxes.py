"""The mailbox that an email address leads to, whichever of its spellings is given.

Providers deliver many spellings of an address to one mailbox; what they document about that is here. Where
two spellings are different mailboxes after all, these share one quota.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# Other names of a provider's domain: an address of the one is an address of the other.
SAME_DOMAIN: Mapping[str, str] = MappingProxyType(
    {
        "googlemail.com": "gmail.com",
        "mac.com": "icloud.com",
        "me.com": "icloud.com",
        "pm.me": "proton.me",
        "protonmail.ch": "proton.me",
        "protonmail.com": "proton.me",
        "narod.ru": "yandex.ru",
        "ya.ru": "yandex.ru",
    }
)
YANDEX = re.compile(r"yandex\.(ru|com|by|kz|ua|fr|az|co\.il|com\.(am|ge|tr))")
# A tag follows a hyphen (Yahoo's disposable addresses: base name, hyphen, keyword).
HYPHEN_TAGS = re.compile(r"yahoo\.[a-z]{2,3}(\.[a-z]{2})?|(ymail|rocketmail|myyahoo|aol|aim)\.com")
# Signs in names that say nothing, beside dots.
MUTE_SIGNS: Mapping[str, str] = MappingProxyType({"proton.me": "-_", "yandex.ru": "-"})
# A tag as the local part, the user as a subdomain: tag@user.fastmail.com is user@fastmail.com.
SUBDOMAIN_USERS = re.compile(
    r"(?P<user>[^.]+)\.(?P<domain>fastmail\.[a-z]{2,3}(\.[a-z]{2})?|messagingengine\.com)"
)


def mailbox(email: str) -> str:
    """Reduce an email address to one spelling of its mailbox: without case, dots, +tags and aliases."""
    local, _, domain = email.strip().lower().rpartition("@")
    domain = domain.rstrip(".")
    if user := SUBDOMAIN_USERS.fullmatch(domain):
        local, domain = user["user"], user["domain"]
    domain = "yandex.ru" if YANDEX.fullmatch(domain) else SAME_DOMAIN.get(domain, domain)
    name = local.partition("+")[0]
    if HYPHEN_TAGS.fullmatch(domain):
        name = name.partition("-")[0]
    ignored = "." + MUTE_SIGNS.get(domain, "")
    return f"{name.translate(str.maketrans('', '', ignored))}@{domain}"
