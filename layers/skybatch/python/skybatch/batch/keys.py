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
TASK_STATES = "tally.json"
RESENDS = "resends.json"
CANCELLATION = "cancel"

# Written at its end.
OUTCOMES = "outcomes.jsonl"
STATUS = "status.json"
MAIL = "mail.json"

# Folders, for listings.
IMAGES = "images"
FAILURES = "failed"
JOURNAL = "journal"
PREVIEWS = "previews"
CROP_PACKS = "sheets"
STRETCHES = "stretches"
BUNDLES = "bundles"
RESULTS = "results"

# Beside the batches: the key that ids are derived with, and the markers that quotas count.
ID_KEY = "keys/idempotency"
QUOTA_MARKERS = "active"


def of_batch(batch_id: str, name: str) -> str:
    """Give the key in the results bucket of a batch's object."""
    return f"batches/{batch_id}/{name}"


def image(file: str) -> str:
    """Name the delivered image of this file name."""
    return f"{IMAGES}/{file}"


def failure(file: str) -> str:
    """Name the object that says why this file cannot be delivered."""
    return f"{FAILURES}/{file}.json"


def failed_file(name: str) -> str:
    """Give the file name that a listed object of the folder of failures stands for."""
    return name.removesuffix(".json")


def journal_part(number: int) -> str:
    """Name a part of the journal of finished images, counted from 0."""
    return f"{JOURNAL}/{number}.jsonl"


def preview(name: str) -> str:
    """Name a preview that is kept by itself."""
    return f"{PREVIEWS}/{name}"


def crop_pack(name: str) -> str:
    """Name a pack of crops and previews, by its folder (one a stored image) and number."""
    return f"{CROP_PACKS}/{name}"


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
