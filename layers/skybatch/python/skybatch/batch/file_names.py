"""Names of delivered files: unique in a batch, sortable, safe in any shell and file system."""

from __future__ import annotations

import re

from skybatch.surveys.image_id import ImageId
from skybatch.surveys.image_names import image_name
from skybatch.surveys.image_type import ImageType

UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9._-]")
MIN_ROW_DIGITS = 4
LONGEST_UPLOAD_NAME = 80
FOLDER_ID_DIGITS = 12
IMAGES_FOLDER = "images"
"""Folder of the images among the delivered files."""


def delivered_path(file: str) -> str:
    """Give the path of an image among the delivered files: in the archive, the tables and the manifest."""
    return f"{IMAGES_FOLDER}/{file}"


def table_of_survey(survey_id: str) -> str:
    """Name the table of the images of one survey among several, without ending: ``images_2mass-asky``."""
    return f"images_{survey_id}"


def archive_path(batch_id: str, file: str) -> str:
    """Give the path of a file in the archive of a batch, which has one folder."""
    return f"skybatch-{batch_id[:FOLDER_ID_DIGITS]}/{file}"


def image_file(
    image: ImageId, image_type: ImageType, suffix: str, row: int | None = None, row_id: str | None = None
) -> str:
    """Name one delivered image.

    ``{row:04d}_{id}_``, then the name that the survey's description gives it, such as
    ``{yymmdd}{hem}_{band}{scan:03d}{image:04d}``, and the suffix: row and id only where the request is a list
    (``row`` counts from 1), the id reduced to letters, digits, dot, dash and underscore; so is the name, in
    which a plus sign, as declinations have, becomes ``p``.
    """
    parts = [] if row is None else [f"{row:0{MIN_ROW_DIGITS}d}"]
    if row is not None and row_id:
        parts.append(UNSAFE_CHARACTERS.sub("_", row_id))
    name = UNSAFE_CHARACTERS.sub("_", image_name("file", image, image_type).replace("+", "p"))
    return "_".join([*parts, name]) + f".{suffix}"


def upload_name(given: str | None) -> str:
    """Give an uploaded table a safe name that no file of the results has."""
    base = UNSAFE_CHARACTERS.sub("_", (given or "table").replace("\\", "/").rsplit("/", 1)[-1])
    return "uploaded_" + base[-LONGEST_UPLOAD_NAME:]


def make_unique(names: list[str]) -> list[str]:
    """Tell equal names apart by a ``-2``, ``-3`` ... before the first dot of the ending."""
    taken: set[str] = set()
    counts: dict[str, int] = {}  # how often each name was seen, so that no number is tried twice
    unique = []
    for name in names:
        candidate, count = name, counts.get(name, 1)
        while candidate in taken:
            count += 1
            stem, dot, ending = name.rpartition(".fits" if ".fits" in name else ".")
            candidate = f"{stem}-{count}{dot}{ending}"
        counts[name] = count
        taken.add(candidate)
        unique.append(candidate)
    return unique
