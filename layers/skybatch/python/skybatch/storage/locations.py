"""Where a tree of objects lies: a local directory or a bucket, as an operator writes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from obstore.store import S3Store

    from skybatch.storage.places import BucketPlace
    from skybatch.storage.trees import Tree


def open_tree(location: str) -> Tree:
    """Open the tree at ``s3://bucket/prefix`` or at a local path.

    Credentials, region and endpoint of S3 are those of `skybatch.storage.profile`.
    """
    if not location.startswith("s3://"):
        from skybatch.storage.directory_tree import DirectoryTree

        return DirectoryTree(Path(location))
    from skybatch.storage.bucket_tree import BucketTree
    from skybatch.storage.profile import operator_connection
    from skybatch.storage.s3 import connect

    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    return BucketTree(connect(bucket, operator_connection(bucket)), prefix)


def open_place_tree(place: BucketPlace) -> Tree:
    """Open a bucket of images as an operator's command reads it."""
    from skybatch.storage.bucket_tree import BucketTree

    return BucketTree(open_place_store(place))


def open_place_store(place: BucketPlace) -> S3Store:
    """Open a bucket of images outside of a function: unsigned, or by the rights of who runs the command."""
    from skybatch.storage.places import ANONYMOUS, place_config, place_endpoint
    from skybatch.storage.profile import operator_connection
    from skybatch.storage.s3 import Connection, connect

    config: Any = place_config(place)
    if place.access == ANONYMOUS:
        return connect(place.bucket, Connection(place_endpoint(place), config))
    found = operator_connection(place.bucket)
    merged: Any = {**found.config, **config}
    return connect(place.bucket, replace(found, config=merged))


def region_of(location: str) -> str:
    """Return the region of the bucket of a tree; empty for a directory, and where it is not known."""
    if not location.startswith("s3://"):
        return ""
    from skybatch.storage.profile import operator_connection

    bucket = location.removeprefix("s3://").partition("/")[0]
    return str(operator_connection(bucket).config.get("region", ""))
