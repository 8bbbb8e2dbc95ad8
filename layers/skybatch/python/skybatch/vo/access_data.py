"""Values of the columns by which SIA 1.0 clients and DataLink find more about an image: `SIA_ACCESS`."""

from __future__ import annotations

from collections.abc import Sequence

from skybatch.surveys.known import survey_of
from skybatch.tables.model import Values
from skybatch.vo.obscore.facts import known_numbers, publisher_id, times_of_images
from skybatch.vo.search_images import QUICKLOOK, FoundImages


def access_data(found: FoundImages, rows: Sequence[int]) -> dict[str, Values]:
    """Return the values for some of the found images, one element a row of a table.

    The size of a Quicklook is null: the file that is delivered is not the one that is stored.
    """
    survey = survey_of(found.details.dataset)
    sizes = [None if found.kind[i] == QUICKLOOK else found.stored_bytes(i) for i in rows]
    return {
        "mjd_obs": _middles(found, rows),
        "instrument": [survey.instrument or None] * len(rows),
        "filesize": sizes,
        "publisher_did": [publisher_id(found.key(i)) for i in rows],
    }


def _middles(found: FoundImages, rows: Sequence[int]) -> list[float | None]:
    """Return the middles of the times at which images were taken, as far as the survey tells."""
    if not len(rows):
        return []
    taken = times_of_images(found.details, [found.band[row] for row in rows], found.at[list(rows)])
    return [None] * len(rows) if taken is None else known_numbers((taken[0] + taken[1]) / 2.0)
