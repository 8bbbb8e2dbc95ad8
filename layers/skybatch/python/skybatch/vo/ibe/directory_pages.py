"""Directories of the archive and of its searches as pages of links, which programs read as well as people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError

from skybatch.errors import NotFound
from skybatch.inventory.places.image_stores import folders_placed_below
from skybatch.storage.refusals import is_refusal
from skybatch.surveys.addresses import folders_moved_below, is_shown_at, key_of_address, quoted_path
from skybatch.surveys.known import known_surveys, survey_of
from skybatch.vo.ibe.plain_pages import document, link, table

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def is_folder(path: str) -> bool:
    """Return whether an archive path names a folder: file names have a dot, folders have none."""
    return path == "" or path.endswith("/") or "." not in path.rsplit("/", 1)[-1]


def folder_page(objects: ObjectStore, path: str, root: str) -> str:
    """Return the page of a folder below ``/ibe/data``: its folders and files as links.

    ``path`` counts from the archive's root, ``root`` is the address of the service. Raises NotFound for a
    folder that is empty, or outside the archive of images.
    """
    inside = path.strip("/")
    missions = {survey.mission.name for survey in known_surveys().values()}
    if inside and inside.split("/")[0] not in missions:
        raise NotFound("The archive has no such folder.")
    prefix = f"{inside}/" if inside else ""
    below, found = _listed(objects, key_of_address(prefix))
    names = {_name(key) for key in below if is_shown_at(f"{prefix}{_name(key)}/", key)}
    shown, hidden = folders_moved_below(prefix)
    shown |= folders_placed_below(prefix)
    folders = [f"{name}/" for name in names - hidden | shown]
    if not inside:
        folders, found = [folder for folder in folders if folder.rstrip("/") in missions], {}
    files = [(_name(key), size) for key, size in found.items() if is_shown_at(prefix + _name(key), key)]
    if not folders and not files:
        raise NotFound("The archive has no such folder.")
    base = f"{urlsplit(root).path}/ibe/data/{prefix}"
    parent = f"{urlsplit(root).path}/ibe/data/{_parent(prefix)}"
    up = f"<p>{link('..', quoted_path(parent))}</p>\n" if prefix else ""
    sizes = [(name, "") for name in sorted(folders)] + [(name, f"{size:,}") for name, size in sorted(files)]
    rows = (((name, quoted_path(base + name)), size) for name, size in sizes)
    return document(f"/ibe/data/{prefix}", up + table(("name", "bytes"), rows))


def _listed(objects: ObjectStore, prefix: str) -> tuple[list[str], dict[str, int]]:
    """List a folder: keys of folders, and size of each file. Raises NotFound where it may not be listed."""
    try:
        found = obstore.list_with_delimiter(objects, prefix=prefix or None)
    except BaseError as error:
        if is_refusal(error):
            raise NotFound("The bucket that holds this folder may not be listed.") from None
        raise
    folders = [f"{folder.rstrip('/')}/" for folder in found["common_prefixes"]]
    return folders, {item["path"]: item["size"] for item in found["objects"]}


def _name(key: str) -> str:
    return key.rstrip("/").rpartition("/")[2]


def missions_page(root: str, datasets: Iterable[str]) -> str:
    """Return the page of ``/ibe/search/``; its links are the missions alone, as astroquery expects."""
    missions = dict.fromkeys(survey_of(dataset).mission.name for dataset in datasets)
    base = f"{urlsplit(root).path}/ibe/search/"
    return document("/ibe/search/", table(("mission",), ([(each, base + each)] for each in missions)))


def datasets_page(root: str, datasets: Iterable[str], mission: str) -> str:
    """Return the page of ``/ibe/search/{mission}/``: those of some data sets that are of the mission."""
    of_mission = [each for each in datasets if survey_of(each).mission.name == mission]
    folders = dict.fromkeys(survey_of(each).datasets[each].folder for each in of_mission)
    base = f"{urlsplit(root).path}/ibe/search/{mission}/"
    return document(base, table(("data set",), ([(each, f"{base}{each}/")] for each in folders)))


def tables_page(root: str, folder: str, tables: Iterable[tuple[str, str]], mission: str) -> str:
    """Return the page of ``/ibe/search/{mission}/{data-set}/``: its tables, each with a description."""
    base = f"{urlsplit(root).path}/ibe/search/{mission}/{folder}/"
    rows = (((name, base + name), words) for name, words in tables)
    return document(base, table(("table", "what it holds"), rows))


def _parent(prefix: str) -> str:
    above = prefix.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else ""
