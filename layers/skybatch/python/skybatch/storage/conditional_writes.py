"""Conditional writes of S3, settled whatever becomes of the connection or of a write at the same time.

obstore repeats reads and plain writes whose connection drops or whose answer does not come, but no
conditional write, and a function that slept finds its connections dropped. It also reports S3's 409 (another
write is under way: nothing is known yet) as it reports 412 (the object is there), so the object itself is
asked which it was.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import AlreadyExistsError, GenericError, PreconditionError

from skybatch.errors import Transient
from skybatch.storage.s3 import with_time_for

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# Seconds before each attempt: conflicts last as long as the other write does.
PAUSES = (0.0, 0.1, 0.3, 0.9)
# One more after an attempt without an answer: a service that does not answer twice is left to the caller.
MOST_UNANSWERED = 2


def create_object(objects: ObjectStore, key: str, body: bytes, media_type: str | None = None) -> bool:
    """Write unless the object exists; return whether it is this body that was written.

    Raises
    ------
    Transient
        No attempt was answered, or other writes were under way all the time.
    """
    return replace_object(objects, key, body, None, media_type) is not None


def replace_object(
    objects: ObjectStore, key: str, body: bytes, e_tag: str | None, media_type: str | None = None
) -> str | None:
    """Write while the object's entity tag is ``e_tag`` (None: while there is no object).

    Where an attempt was not answered and the object is another now, its bytes tell whether it is ours: two
    writers that must tell themselves apart write something of their own into the body.

    Returns
    -------
    str or None
        The new entity tag, or None where another writer was first.

    Raises
    ------
    Transient
        No attempt was answered, or other writes were under way all the time.
    """
    unanswered = 0
    for pause in PAUSES:
        time.sleep(pause)
        try:
            return _put(objects, key, body, e_tag, media_type)
        except GenericError as error:
            unanswered += 1
            if unanswered == MOST_UNANSWERED:
                raise Transient(f"the store did not answer a write of {key}") from error
        except (AlreadyExistsError, PreconditionError):
            now = _e_tag(objects, key)
            if now != e_tag:
                return now if now and unanswered and _holds(objects, key, body) else None
    raise Transient(f"another write of {key} was under way for too long")


def _put(
    objects: ObjectStore, key: str, body: bytes, e_tag: str | None, media_type: str | None
) -> str | None:
    mode: Any = "create" if e_tag is None else {"e_tag": e_tag}
    attributes: Any = None if media_type is None else {"Content-Type": media_type}
    written = obstore.put(with_time_for(objects, len(body)), key, body, mode=mode, attributes=attributes)
    return written["e_tag"] or ""


def _e_tag(objects: ObjectStore, key: str) -> str | None:
    try:
        return obstore.head(objects, key)["e_tag"] or ""
    except FileNotFoundError:
        return None


def _holds(objects: ObjectStore, key: str, body: bytes) -> bool:
    """Whether the object has these bytes; a large one is read only where its size is the same."""
    try:
        found = obstore.get(objects, key)
        return int(found.meta["size"]) == len(body) and bytes(found.bytes()) == body
    except FileNotFoundError:
        return False
