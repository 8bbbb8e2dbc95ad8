"""Tables of found images in the archive's words: addresses, formats, and the words of an overflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skybatch.errors import NotFound
from skybatch.surveys.twomass.datasets import dataset_of_path
from skybatch.tables.model import Column, Param, Table
from skybatch.tables.schemas.image_rows import Images
from skybatch.tables.schemas.image_table import image_data
from skybatch.tables.writers.formats import Format
from skybatch.vo.parameters import Parameters, choice
from skybatch.vo.search_images import Found

MISSIONS = ("twomass", "2mass")
FORMATS: dict[str, Format] = {
    "votable": "xml",
    "application/x-votable+xml": "xml",
    "text/xml": "xml",
    "xml": "xml",
    "csv": "csv",
    "text/csv": "csv",
    "tsv": "tsv",
    "text/tab-separated-values": "tsv",
    "ipac_table": "tbl",
    "ipac": "tbl",
    "tbl": "tbl",
    "text/plain": "tbl",
    "html": "html",
    "text/html": "html",
}


@dataclass(frozen=True)
class Answer:
    """A table and the format in which it was asked for."""

    table: Table
    format: Format


def answer_format(given: Parameters, name: str, default: str) -> Format:
    """The format a parameter asks for; MIME types may carry parameters of their own."""
    word = given.text(name, default).split(";")[0].strip()
    return choice(name, word, FORMATS)


def dataset_of(mission: str, folder: str, table: str) -> str:
    """The data set that a path below a service names; NotFound for one nobody knows."""
    dataset = dataset_of_path(folder.lower(), table.lower())
    if mission.lower() not in MISSIONS or dataset is None:
        raise NotFound(f"There is no table {mission}/{folder}/{table}; /ibe/search/ lists what there is.")
    return dataset


def table_of(
    found: Found,
    columns: tuple[Column, ...],
    url: Callable[[int], str],
    *,
    title: str = "",
    params: Iterable[Param] = (),
    notes: Iterable[str] = (),
    most: int = 0,
) -> Table:
    """The found images as a table; ``url`` gives the address of the i-th, ``most`` is what cut it off."""
    dataset = found.details.dataset
    images = Images(
        dataset=[dataset] * len(found),
        set_index=found.details.sets[found.at],
        band=found.band,
        type=found.kind,
        url=[url(i) for i in range(len(found))],
    )
    data = image_data({dataset: found.details}, images, columns)
    return Table(
        columns, data, params=tuple(params), title=title, notes=tuple(notes), overflow=cut_off(found, most)
    )


def cut_off(found: Found, most: int) -> str:
    """What to say of an answer that MAXREC cut off; nothing of a whole one."""
    return too_many(most) if found.more else ""


def too_many(most: int) -> str:
    """The words of an overflow."""
    return f"There are more rows than MAXREC, {most}: narrow the search or raise MAXREC."
