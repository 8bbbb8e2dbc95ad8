"""``/ibe/data`` and ``nph-im``: stored images by the addresses the archive's clients build by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import obstore

from skybatch.archive.layout import DATASETS, ImageId, atlas_key, parse_key, quicklook_key
from skybatch.batch.store import LINK_LIFE
from skybatch.errors import CellError, InvalidRequest, NotFound

if TYPE_CHECKING:
    from obstore.store import S3Store

MISSIONS = {"twomass": "twomass", "2mass": "twomass"}


def key_of_path(path: str) -> str:
    """The archive key that a path below ``/ibe/data/`` names.

    Raises NotFound for a path that is no image of a data set we know.
    """
    mission, _, rest = path.partition("/")
    key = f"{MISSIONS.get(mission, mission)}/{rest}"
    parse_key(key)
    return key


def key_of_image(parameters: Mapping[str, str]) -> str:
    """The archive key that the parameters of ``nph-im`` name.

    ``ds`` data set, ``dh`` date and hemisphere, ``scan``, ``name`` file name, ``type`` ``at`` (default) or
    ``ql``. ``atdir``, a disk of the original, is ignored.

    Raises InvalidRequest for a parameter that is missing or unknown, NotFound for what names no image.
    """
    given = {name.lower(): value for name, value in parameters.items()}
    for name in ("dh", "scan", "name"):
        if not given.get(name):
            raise _bad(name, "", "must be given")
    dataset = given.get("ds", "asky").lower()
    if dataset not in DATASETS:
        raise _bad("ds", dataset, f"must be one of {', '.join(DATASETS)}")
    folder = "quicklook" if given.get("type", "at").lower() == "ql" else "image"
    archive, table = DATASETS[dataset]
    stem = given["name"].split(".", 1)[0]
    where = f"twomass/{archive}/{table}/{given['dh']}/s{given['scan'].zfill(3)}/{folder}/{stem}"
    image, _, _ = parse_key(f"{where}.fits.gz" if folder == "image" else f"{where}.fits.H")
    return _stored_key(image, folder)


def _stored_key(image: ImageId, folder: str) -> str:
    return quicklook_key(image) if folder == "quicklook" else atlas_key(image)


def link(archive: S3Store, key: str, verb: Literal["GET", "HEAD"]) -> str:
    """A URL of a stored image, signed now for one verb.

    Raises NotFound where the archive does not hold it.
    """
    try:
        obstore.head(archive, key)
    except FileNotFoundError:
        raise NotFound(f"The archive has no image {key}.") from None
    return obstore.sign(archive, verb, key, LINK_LIFE)


def _bad(name: str, value: str, rule: str) -> InvalidRequest:
    error = CellError(name, value, rule)
    return InvalidRequest(error.sentence(), errors=[error])
