"""The made archive as a tree of files."""

from __future__ import annotations

from pathlib import Path

import obstore

from tests.support.survey.sample_archive import MadeArchive


def write_tree(archive: MadeArchive, root: Path) -> Path:
    """Write all objects of an archive below a directory; return it."""
    for page in list(obstore.list(archive.objects)):
        for item in page:
            path = root / item["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(obstore.get(archive.objects, item["path"]).bytes()))
    return root
