"""The files of a finished batch as its page lists them: in order, with what each is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skybatch.presentation.survey_results import survey_title
from skybatch.status import ResultFile

MEANINGS = {
    "images.tar": "everything: images, tables and a README, in one folder",
    "images": "one row per image",
    "unretrieved": "one row per image beyond the limit; can be submitted as it is",
    "failed": "one row per failed image, with the reason",
    "rows": "each row of your request, and its outcome",
    "sky.svg": "positions, images and region on the sky, as a drawing",
    "sky-all.svg": "the same on a map of the whole sky, for rows that lie far from most",
    "sky.reg": "the same as regions for ds9",
    "download.sh": "downloads images and tables, resumes, verifies: sh download.sh",
    "README.txt": "description of the files",
    "md5sums.txt": "MD5 of every image and table: md5sum -c md5sums.txt",
    "manifest.json": "all images and tables with sizes and MD5, for programs",
    "request.json": "your request, as it can be posted again",
}
"""What each file, or each table whatever its format, is for; in the order they are listed."""
_OF_SURVEY = "images_"
_UPLOAD = "your table, as you sent it"
_TABLE_SUFFIXES = (".tbl", ".xml", ".csv", ".html")


@dataclass(frozen=True)
class FileGroup:
    """One entry of the list: a file, or a table in all its formats."""

    meaning: str
    is_archive: bool
    files: tuple[ResultFile, ...]


def group_files(files: Sequence[ResultFile]) -> list[FileGroup]:
    """Group the files of a batch by what they are, a table's formats together."""
    groups: dict[str, list[ResultFile]] = {}
    for file in files:
        groups.setdefault(_group_name(file.name), []).append(file)
    order = list(MEANINGS)
    listed = {name: "images" if name.startswith(_OF_SURVEY) else name for name in groups}
    places = {name: order.index(place) for name, place in listed.items() if place in order}
    names = sorted(groups, key=lambda name: places.get(name, len(order)))
    return [FileGroup(_meaning(name), name == "images.tar", tuple(groups[name])) for name in names]


def _is_known(name: str) -> bool:
    return name in MEANINGS or name.startswith(_OF_SURVEY)


def _meaning(name: str) -> str:
    if name.startswith(_OF_SURVEY):
        survey = survey_title(name.removeprefix(_OF_SURVEY))
        return f"one row per image of {survey}, with all that this survey tells of it"
    return MEANINGS.get(name, _UPLOAD)


def _group_name(file_name: str) -> str:
    stem, dot, suffix = file_name.rpartition(".")
    return stem if dot + suffix in _TABLE_SUFFIXES and _is_known(stem) else file_name
