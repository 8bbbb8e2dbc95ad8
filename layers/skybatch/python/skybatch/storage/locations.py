"""Where a tree of objects lies: a local directory or a bucket, as an operator writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
