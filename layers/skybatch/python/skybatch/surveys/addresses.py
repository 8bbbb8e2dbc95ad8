"""The archive's paths of stored files, and the keys under which a bucket has them: where the two differ.

``/ibe/data/wise/allwise/p3am_cdd/…`` is the address of what a public bucket keeps as
``wise/allwise/images/p3am_cdd/…``; below these the two are the same.
"""

from __future__ import annotations

from urllib.parse import quote

from skybatch.errors import NotFound
from skybatch.surveys.description.keys import INVENTORIES
from skybatch.surveys.image_id import parse_file_key
from skybatch.surveys.known import moved_prefixes

_SAFE = "/!$&'()*+,;=:@~"
"""What a path may have beside letters, digits, dot, dash and underscore (RFC 3986, section 3.3)."""


def quoted_path(path: str) -> str:
    """Return a path as addresses and identifiers have it, slashes as they are."""
    return quote(path, safe=_SAFE)


def address_of_key(key: str) -> str:
    """Return the archive's path of a stored file, by its key."""
    for prefix, address in moved_prefixes():
        if key.startswith(prefix):
            return address + key[len(prefix) :]
    return key


def key_of_address(path: str) -> str:
    """Return the key of a stored file, or what the keys of a folder begin with, by the archive's path."""
    for prefix, address in moved_prefixes():
        if path.startswith(address):
            return prefix + path[len(address) :]
        if path == address.rstrip("/"):
            return prefix.rstrip("/")
    return path


def folders_moved_below(path: str) -> tuple[set[str], set[str]]:
    """Return the names that a folder of the archive shows, and hides, because keys differ from addresses.

    ``path`` is empty or ends in a slash. Shown are folders that lead to an address, hidden those that only
    lead to the keys.
    """
    moved = [(prefix, address) for prefix, address in moved_prefixes() if prefix != address]
    shown = {_child(address, path) for _, address in moved} - {""}
    hidden = {_child(prefix, path) for prefix, _ in moved} - {""}
    return shown, hidden - shown


def is_shown_at(path: str, key: str) -> bool:
    """Tell whether a folder or file of the bucket, by its key, is one of the archive at a path.

    All are, unless the keys of a survey begin with nothing: its address then is that of the bucket's root,
    which has inventories and the images of other surveys too, shown at their own addresses alone.
    """
    if all(prefix for prefix, _ in moved_prefixes()):
        return True
    if key.startswith(INVENTORIES):
        return False
    leads_to_others = any(prefix.startswith(key) for prefix, _ in moved_prefixes())
    return path == (key if leads_to_others else address_of_key(key)) and (key[-1] == "/" or _is_file(key))


def _is_file(key: str) -> bool:
    try:
        parse_file_key(key)
    except NotFound:
        return False
    return True


def _child(prefix: str, path: str) -> str:
    """Return the name of the folder in ``path`` that leads to a prefix, empty where none does."""
    return prefix[len(path) :].partition("/")[0] if prefix.startswith(path) else ""
