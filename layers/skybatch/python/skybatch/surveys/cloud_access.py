"""Where an image lies in the cloud, as JSON: the form in which the archive's answers say it."""

from __future__ import annotations

import json

from skybatch.surveys.description.images import Place


def cloud_access(place: Place, key: str) -> str:
    """Return the JSON of one object: provider, bucket, key and region."""
    found = {"bucket_name": place.bucket, "key": key, "region": place.region}
    return json.dumps({"aws": {name: value for name, value in found.items() if value}})
