"""The keys of the results bucket: the one place that names a batch's objects.

Everything of a batch lies below ``batches/{id}/``; the other keys here are names below that folder, as
`skybatch.batch.store.BatchStore` takes them.
"""

from __future__ import annotations

# Written at submission.
RECORD = "batch.json"
REQUEST = "request.json"
ACCEPTED = "accepted.json"

# Written while it runs.
NAMES = "names.json"
PLAN = "plan.jsonl"
PROGRESS = "progress.json"
RESENDS = "resends.json"
PLACES = "places.jsonl"
CANCELLATION = "cancel"

# Written at its end.
OUTCOMES = "outcomes.jsonl"
STATUS = "status.json"
MAIL = "mail.json"

# Folders, for listings.
IMAGES = "images"
JOURNAL = "journal"
PREVIEWS = "previews"
STRETCHES = "stretches"
BUNDLES = "bundles"
GIVEN_UP = "gaveup"
RESULTS = "results"

# Beside the batches: images that were cut out of bundles, for a day; the key that ids are derived with, and
# the markers that quotas count.
SINGLE_IMAGES = "images"
ID_KEY = "keys/idempotency"
QUOTA_MARKERS = "active"


def of_batch(batch_id: str, name: str) -> str:
    """Give the key in the results bucket of a batch's object."""
    return f"batches/{batch_id}/{name}"


def image(file: str) -> str:
    """Name the delivered image of this file name, in batches of versions that kept each by itself."""
    return f"{IMAGES}/{file}"


def given_up(first: int) -> str:
    """Name the object that says which tasks, of which this is the first, were given up."""
    return f"{GIVEN_UP}/{first}.json"


def single_image(batch_id: str, file: str) -> str:
    """Give the key in the results bucket of an image that was cut out of its bundle."""
    return f"{SINGLE_IMAGES}/{batch_id}/{file}"


def journal_part(number: int) -> str:
    """Name a part of the journal of finished images, counted from 0."""
    return f"{JOURNAL}/{number}.jsonl"


def preview(name: str) -> str:
    """Name a preview that is kept by itself."""
    return f"{PREVIEWS}/{name}"


def stretch(start: int) -> str:
    """Name the bundles of the stretch of the plan that begins with this task."""
    return f"{STRETCHES}/{start}.jsonl"


def bundle(name: str) -> str:
    """Name a bundle's object."""
    return f"{BUNDLES}/{name}"


def result(file: str) -> str:
    """Name a file of the results."""
    return f"{RESULTS}/{file}"


def next_batch(remainder: str) -> str:
    """Name the object that points to the batch of what this one left: ``unretrieved`` or ``failed``."""
    return f"next/{remainder}.json"
