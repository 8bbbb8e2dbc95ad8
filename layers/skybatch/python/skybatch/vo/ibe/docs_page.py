"""``/ibe/docs/{mission}/{data-set}/{table}``: a table in words, from the description of its survey."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from skybatch.surveys.description.images import Band
from skybatch.surveys.description.survey import Survey
from skybatch.tables.model import Column
from skybatch.vo.ibe.plain_pages import document, table

PARAMETERS: tuple[tuple[str, str], ...] = (
    ("POS", "Position: right ascension and declination in degrees, ICRS, with a comma between; or a table of"
     " positions, posted as a file"),
    ("SIZE", "Width, or width and height, of a box about it, degrees; 0, the default, is a point"),
    ("INTERSECT", "How images relate to the box: OVERLAPS (default), COVERS, ENCLOSED or CENTER"),
    ("mcen", "Only the image of each band in which the position lies deepest"),
    ("columns", "Columns of the answer, with commas between"),
    ("where", "A condition on columns, as in SQL"),
    ("ct", "Form of the answer: ipac (default), csv, tsv, html or votable"),
    ("MAXREC", "The most rows of the answer"),
    ("FORMAT", "METADATA: the columns instead of rows"),
)  # fmt: skip


def docs_page(
    root: str,
    survey: Survey,
    dataset: str,
    columns: Iterable[Column],
    is_closed: Callable[[str], bool] = lambda _: False,
) -> str:
    """Return the page of a data set's table; ``root`` is the address of the service.

    Paths for which ``is_closed`` holds are not named.
    """
    described = survey.datasets[dataset]
    path = f"{survey.mission.name}/{described.path}"
    title = f"{survey.dataset_title(dataset)}: {path}"
    fields = ((c.name, c.datatype, c.unit, c.ucd, c.description) for c in columns)
    bands = ((band.show, band.label, *_waves(band)) for band in survey.band)
    services = (
        ("Search of the metadata", f"/ibe/search/{path}"),
        ("Simple Image Access 1.0", f"/ibe/sia/{path}"),
        ("Images", f"/ibe/data/{path}/"),
    )
    addresses = ((words, root + address) for words, address in services if not is_closed(address))
    body = (
        f"<p>{escape(survey.title)}. {escape(survey.acknowledgement)}</p>\n"
        + _section("Addresses", ("service", "address"), addresses)
        + _section("Parameters of the search", ("parameter", "meaning"), PARAMETERS)
        + _section("Columns", ("column", "type", "unit", "UCD", "meaning"), fields)
        + _section("Bands", ("band", "name", "reference, m", "from, m", "to, m"), bands)
    )
    return document(title, body)


def _waves(band: Band) -> tuple[str, ...]:
    """Return reference wavelength and limits of a band, empty where they are not known."""
    return tuple(f"{wave:.3e}" for wave in band.wave) if band.wave else ("", "", "")


def _section(title: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return f"<h2>{escape(title)}</h2>\n{table(heads, rows)}"
