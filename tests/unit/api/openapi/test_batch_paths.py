"""The documented operations on batches agree with their routes."""

from __future__ import annotations

from skybatch.api.openapi.batch_paths import batch_paths, resubmit_schema
from skybatch.api.submission import MAX_IDEMPOTENCY_KEY, RESUBMITTABLE


def test_what_can_be_resubmitted_is_what_the_route_takes() -> None:
    what = resubmit_schema()["properties"]["what"]
    assert tuple(what["enum"]) == RESUBMITTABLE
    assert f"Default: `{RESUBMITTABLE[0]}`" in what["description"]


def test_the_idempotency_key_is_bounded_as_the_route_bounds_it() -> None:
    (key,) = batch_paths()["/batches"]["post"]["parameters"]
    assert (key["name"], key["schema"]["maxLength"]) == (
        "Idempotency-Key",
        MAX_IDEMPOTENCY_KEY,
    )


def test_every_path_of_one_batch_has_its_id() -> None:
    for path, item in batch_paths().items():
        names = {parameter["name"] for parameter in item.get("parameters", ())}
        assert ("id" in names) == ("{id}" in path)
