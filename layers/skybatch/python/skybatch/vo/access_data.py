"""Values of the columns by which SIA 1.0 clients and DataLink find more about an image: `SIA_ACCESS`."""

from __future__ import annotations

from collections.abc import Sequence

from skybatch.tables.model import Values
from skybatch.vo.obscore import INSTRUMENT, mjd, publisher_id
from skybatch.vo.search_images import QUICKLOOK, FoundImages


def access_data(found: FoundImages, rows: Sequence[int]) -> dict[str, Values]:
    """Return the values for some of the found images, one element a row of a table.

    The size of a Quicklook is null: the file that is delivered is not the one that is stored.
    """
    dates = found.details.ut_date[found.at[list(rows)]].tolist() if len(rows) else []
    sizes = [None if found.kind[i] == QUICKLOOK else found.stored_bytes(i) for i in rows]
    return {
        "mjd_obs": [day + 0.5 for day in mjd(dates)] if dates else [],
        "instrument": [INSTRUMENT] * len(rows),
        "filesize": sizes,
        "publisher_did": [publisher_id(found.key(i)) for i in rows],
    }
