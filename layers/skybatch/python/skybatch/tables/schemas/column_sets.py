"""Every column set that is delivered, by the name that help pages and documentation give it."""

from __future__ import annotations

from collections.abc import Sequence

from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import default_survey
from skybatch.tables.model import Column
from skybatch.tables.schemas.batch import (
    BATCH_CSV,
    BATCH_HTML,
    BATCH_IPAC,
    BATCH_VOTABLE,
    INVENTORY,
    ROWS,
    batch_csv,
    batch_ipac,
    batch_rows,
    inventory,
)
from skybatch.tables.schemas.search import (
    INPUT_POSITION,
    INVENTORY_PARAMS,
    NATIVE_SEARCH,
    SIA_ACCESS,
    SIA_PARAMS,
    SIA_SEARCH,
    native_search,
    sia_access,
    sia_search,
)
from skybatch.tables.schemas.several_surveys import common_columns
from skybatch.tables.schemas.understood import (
    UNDERSTOOD_IMAGE_IDS,
    UNDERSTOOD_KEYS,
    UNDERSTOOD_POSITIONS,
    UNDERSTOOD_SCANS,
)

__all__ = [
    "BATCH_CSV",
    "BATCH_HTML",
    "BATCH_IPAC",
    "BATCH_VOTABLE",
    "COLUMN_SETS",
    "INVENTORY",
    "INVENTORY_PARAMS",
    "NATIVE_SEARCH",
    "ROWS",
    "SIA_ACCESS",
    "SIA_PARAMS",
    "SIA_SEARCH",
    "UNDERSTOOD_IMAGE_IDS",
    "UNDERSTOOD_KEYS",
    "UNDERSTOOD_POSITIONS",
    "UNDERSTOOD_SCANS",
    "column_sets",
]

_UNDERSTOOD: dict[str, tuple[Column, ...]] = {
    "positions": UNDERSTOOD_POSITIONS,
    "image_ids": UNDERSTOOD_IMAGE_IDS,
    "coadd_keys": UNDERSTOOD_KEYS,
    "scans": UNDERSTOOD_SCANS,
}


def column_sets(surveys: Sequence[Survey]) -> dict[str, tuple[Column, ...]]:
    """Return the column sets of a service of these surveys; of several, each has sets with its name."""
    own = [_of_survey(survey, "" if len(surveys) == 1 else f", {survey.short}") for survey in surveys]
    modes = {"image_ids", *(mode for survey in surveys for mode in survey.requests.modes)}
    understood = {
        f"A table as understood (/tables), {mode.replace('_', ' ')}": columns
        for mode, columns in _UNDERSTOOD.items()
        if mode in modes
    }
    several = {"Images of a batch of several surveys": common_columns(surveys, "csv")}
    of_surveys = {title: columns for sets in own for title, columns in sets.items()}
    return of_surveys | (several if len(surveys) > 1 else {}) | understood


def _of_survey(survey: Survey, named: str) -> dict[str, tuple[Column, ...]]:
    inventories = {"Image inventory (nph-im_sia)": (*inventory(survey), *SIA_ACCESS)}
    sets = {
        "Images of a batch, IPAC ASCII": batch_ipac(survey),
        "Images of a batch, VOTable and CSV": batch_csv(survey),
        "Rows of a batch": batch_rows(survey),
        **(inventories if survey.has("nph_im") else {}),
        "Simple Image Access (/ibe/sia)": (*sia_search(survey), *sia_access(survey)),
        "Archive search (/ibe/search)": (*INPUT_POSITION, *native_search(survey)),
    }
    return {f"{title}{named}": columns for title, columns in sets.items()}


COLUMN_SETS = column_sets((default_survey(),))
