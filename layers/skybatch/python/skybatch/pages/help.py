"""Help for astronomers, with columns, limits and names from the definitions that the code uses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from skybatch.batch.reasons import FAILURE_MEANINGS
from skybatch.errors import NotFound
from skybatch.pages.environment import render
from skybatch.pages.examples import EXAMPLES
from skybatch.presentation.outcomes import OUTCOMES
from skybatch.settings import Settings
from skybatch.surveys.known import served_surveys

if TYPE_CHECKING:
    from skybatch.surveys.description.images import Power
    from skybatch.surveys.description.survey import Survey

TOPICS = {
    "modes": ("Modes of a request", "regions, positions, keys, scans: what each finds"),
    "tables": ("Tables to upload", "formats and columns"),
    "coordinates": ("Coordinates and names", "how to write a position on the sky"),
    "quicklooks": ("Quicklooks", "what they are good for, and how to decompress them"),
    "results": ("Results", "files, names, outcomes, the next part of a large request"),
    "columns": ("Metadata columns", "every column of the tables in the results"),
    "limits": ("Limits", "rows, bytes, days"),
    "programs": ("From a program", "the command, the Python client, curl"),
    "cite": ("How to cite", "acknowledgements and BibTeX of each survey"),
    "privacy": ("Contact and privacy", "who operates this service, what is kept and how long"),
}

COORDINATES = (
    ("NGC 7479", "an object name"),
    ("2MASXJ23045666+1219223", "a 2MASS designation"),
    ("23h04m56.63s 12d19m22.7s Equ J2000", "sexagesimal, FK5 J2000"),
    ("m83", "an object name"),
    ("17h 44m 34s -27d 59m 13s Equatorial J2000", "sexagesimal, FK5 J2000"),
    ("17h44m34s -27d59m13s", "sexagesimal, ICRS"),
    ("00h42m44.3s +41d16m08s b1950", "sexagesimal, FK4 B1950"),
    ("00:42:44.3 -41:16:08", "sexagesimal, hours and degrees, ICRS"),
    ("00 42 44.3 -41 16 08 b1983", "FK4 of equinox B1983"),
    ("004244.3 -411608", "compact sexagesimal, ICRS"),
    ("17h -27d Equ J2000", "hours and degrees alone, FK5 J2000"),
    ("17h -27d", "hours and degrees alone, ICRS"),
    ("34.5565 54.2321 gal", "Galactic longitude and latitude, degrees"),
    ("34. 54. ecl", "ecliptic longitude and latitude, degrees"),
    ("204.2540 -29.8654", "decimal degrees, ICRS"),
)
"""Examples of the survey's documentation, each with its interpretation."""


def help_page(topic: str, settings: Settings, server: str = "https://sky.example.org") -> str:
    """Render a page of the help as HTML; the empty topic lists all.

    ``server`` is the address of this service, which its examples name. Raises NotFound for an unknown topic.
    """
    if topic and topic not in TOPICS:
        raise NotFound("There is no help on this topic.")
    # Here, because pydantic and numpy behind them cost 0.2 s, which the other pages need not pay.
    from skybatch.requests import field_parsers, model, values
    from skybatch.requests.columns import roles, spellings
    from skybatch.tables.schemas.column_sets import column_sets

    surveys = served_surveys()
    diameters = [survey.requests.diameter for survey in surveys]
    title, about = TOPICS.get(topic, ("Help", ""))
    return render(
        f"help_{topic or 'topics'}.html",
        topic=topic,
        title=title,
        about=about,
        topics=_topics(surveys),
        settings=settings,
        server=server,
        examples=EXAMPLES,
        requests=model,
        fields=field_parsers,
        values=values,
        position_pairs=spellings.EQUATORIAL_PAIRS,
        name_columns=roles.NAME_COLUMNS,
        column_roles=roles.ROLES,
        coordinates=COORDINATES,
        surveys=surveys,
        any_has=partial(_any_has, surveys),
        modes={mode for survey in surveys for mode in survey.requests.modes},
        diameter=(min(least for least, _ in diameters), max(most for _, most in diameters)),
        datasets={name: survey.dataset_title(name) for survey in surveys for name in survey.datasets},
        outcomes=OUTCOMES,
        reasons=FAILURE_MEANINGS,
        column_sets=column_sets(surveys),
    )


def _any_has(surveys: Sequence[Survey], power: Power) -> bool:
    """Tell whether one of the surveys has a power."""
    return any(survey.has(power) for survey in surveys)


def _topics(surveys: Sequence[Survey]) -> dict[str, tuple[str, str]]:
    """Return the topics that tell something of these surveys."""
    if _any_has(surveys, "quicklooks"):
        return TOPICS
    topics = {name: topic for name, topic in TOPICS.items() if name != "quicklooks"}
    return topics | {
        "modes": ("Modes of a request", "regions, positions, lists of image sets: what each finds")
    }
