"""Directories of the archive and of its searches as pages of links, which programs read as well as people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore

from skybatch.errors import NotFound
from skybatch.surveys.known import DEFAULT_DATASET, default_survey, known_surveys, survey_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore

DEFAULT_MISSION = default_survey().mission.name
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td,th{padding:.1rem 1rem .1rem 0;text-align:left}"
)


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
    found = obstore.list_with_delimiter(objects, prefix=prefix or None)
    folders = [name.rstrip("/").rsplit("/", 1)[-1] + "/" for name in found["common_prefixes"]]
    if not inside:
        folders = [folder for folder in folders if folder.rstrip("/") in missions]
    files = [(item["path"].rsplit("/", 1)[-1], item["size"]) for item in found["objects"]] if inside else []
    if not folders and not files:
        raise NotFound("The archive has no such folder.")
    base = f"{urlsplit(root).path}/ibe/data/{prefix}"
    up = [("..", f"{urlsplit(root).path}/ibe/data/{_parent(prefix)}")] if prefix else []
    rows = [(name, base + name, "") for name in sorted(folders)]
    rows += [(name, base + name, f"{size:,}") for name, size in sorted(files)]
    return _page(f"/ibe/data/{prefix}", up, ("name", "bytes"), rows)


def missions_page(root: str, datasets: Iterable[str] = (DEFAULT_DATASET,)) -> str:
    """Return the page of ``/ibe/search/``; its links are the missions alone, as astroquery expects."""
    missions = dict.fromkeys(survey_of(dataset).mission.name for dataset in datasets)
    base = f"{urlsplit(root).path}/ibe/search/"
    return _page("/ibe/search/", [], ("mission",), [(mission, base + mission) for mission in missions])


def datasets_page(root: str, datasets: Iterable[str], mission: str = DEFAULT_MISSION) -> str:
    """Return the page of ``/ibe/search/{mission}/``: those of some data sets that are of the mission."""
    of_mission = [each for each in datasets if survey_of(each).mission.name == mission]
    folders = dict.fromkeys(survey_of(each).datasets[each].folder for each in of_mission)
    base = f"{urlsplit(root).path}/ibe/search/{mission}/"
    return _page(base, [], ("data set",), [(folder, f"{base}{folder}/") for folder in folders])


def tables_page(
    root: str, folder: str, tables: Iterable[tuple[str, str]], mission: str = DEFAULT_MISSION
) -> str:
    """Return the page of ``/ibe/search/{mission}/{data-set}/``: its tables, each with a description."""
    base = f"{urlsplit(root).path}/ibe/search/{mission}/{folder}/"
    rows = [(table, base + table, words) for table, words in tables]
    return _page(base, [], ("table", "what it holds"), rows)


def _parent(prefix: str) -> str:
    above = prefix.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else ""


def _page(
    title: str, links: Sequence[tuple[str, str]], heads: Sequence[str], rows: Iterable[tuple[str, ...]]
) -> str:
    """Return a page with a table whose first column links; ``rows`` hold text, address, further cells."""
    above = "".join(f'<p><a href="{escape(url)}">{escape(words)}</a></p>\n' for words, url in links)
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in heads)
    body = "\n".join(_row(*row) for row in rows)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style></head>\n<body>\n<h1>{escape(title)}</h1>\n{above}"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n</body></html>\n"
    )


def _row(words: str, url: str, *more: str) -> str:
    cells = "".join(f"<td>{escape(word)}</td>" for word in more)
    return f'<tr><td><a href="{escape(url)}">{escape(words)}</a></td>{cells}</tr>'
