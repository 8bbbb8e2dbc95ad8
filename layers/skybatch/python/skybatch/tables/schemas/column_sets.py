"""Every column set that is delivered, by the name that help pages and documentation give it."""

from __future__ import annotations

from skybatch.tables.model import Column
from skybatch.tables.schemas.batch import BATCH_CSV, BATCH_HTML, BATCH_IPAC, BATCH_VOTABLE, INVENTORY, ROWS
from skybatch.tables.schemas.search import (
    INPUT_POSITION,
    INVENTORY_PARAMS,
    NATIVE_SEARCH,
    SIA_ACCESS,
    SIA_PARAMS,
    SIA_SEARCH,
)
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
]

COLUMN_SETS: dict[str, tuple[Column, ...]] = {
    "Images of a batch, IPAC ASCII": BATCH_IPAC,
    "Images of a batch, VOTable and CSV": BATCH_CSV,
    "Rows of a batch": ROWS,
    "Image inventory (nph-im_sia)": (*INVENTORY, *SIA_ACCESS),
    "Simple Image Access (/ibe/sia)": (*SIA_SEARCH, *SIA_ACCESS),
    "Archive search (/ibe/search)": (*INPUT_POSITION, *NATIVE_SEARCH),
    "A table as understood (/tables), positions": UNDERSTOOD_POSITIONS,
    "A table as understood (/tables), image ids": UNDERSTOOD_IMAGE_IDS,
    "A table as understood (/tables), coadd keys": UNDERSTOOD_KEYS,
    "A table as understood (/tables), scans": UNDERSTOOD_SCANS,
}
