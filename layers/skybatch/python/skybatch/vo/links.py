"""Addresses of images: the stored file, the file by its parts, and the page that shows it.

``root`` is the address of the service, without a slash at its end.
"""

from __future__ import annotations

from urllib.parse import urlencode

from skybatch.surveys.addresses import address_of_key, quoted_path
from skybatch.surveys.image_id import ScanImageId
from skybatch.surveys.image_names import key_stem_writer
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of
from skybatch.vo.obscore.facts import publisher_id
from skybatch.vo.search_images import QUICKLOOK, FoundImages


def sia1_path(dataset: str) -> str:
    """Return the path of the service of Simple Image Access 1.0 on a data set's table."""
    survey = survey_of(dataset)
    return f"/ibe/sia/{survey.mission.name}/{survey.datasets[dataset].path}"


def image_url(root: str, key: str) -> str:
    """Return the address of a stored image by its key."""
    return f"{root}/ibe/data/{quoted_path(address_of_key(key))}"


def companion_url(root: str, found: FoundImages, i: int, product: str) -> str:
    """Return the address of the file of another product that lies beside the i-th image."""
    dataset, form = found.details.dataset, survey_of(found.details.dataset).product[product].forms[0]
    stem = key_stem_writer(dataset, found.band[i], product)(found.image_id(i).fields)
    return f"{root}/ibe/data/{survey_of(dataset).address(dataset)}{stem}.{form}"


def fits_url(root: str, found: FoundImages, i: int) -> str:
    """Return the address of the file of the i-th image, of scans spelled as the archive's clients know it."""
    image, image_type = found.image_id(i), ImageType.of_letter(found.kind[i])
    if not isinstance(image, ScanImageId):
        return image_url(root, found.key(i))
    more = [("type", image_type.parameter)] if image_type is ImageType.QUICKLOOK else []
    query = [
        ("ds", image.dataset),
        ("atdir", ""),
        ("dh", f"{image.date}{image.hem}"),
        ("scan", f"{image.scan:03d}"),
        *more,
        # The last: programs take the name to be all that follows the last equals sign, or end at ".fits".
        ("name", f"{image.stem}{image_type.name_suffix}.fits"),
    ]
    return f"{root}/cgi-bin/2MASS/IM/nph-im?{urlencode(query)}"


def page_url(root: str, found: FoundImages, i: int) -> str:
    """Return the address of the page that shows the i-th image; without coadd keys, of what belongs to it."""
    if not has_page(found):
        return f"{root}/datalink/links?{urlencode({'ID': publisher_id(found.key(i))})}"
    key = int(found.details.coadd_key[found.at[i]])
    more = f"&type={ImageType.QUICKLOOK.parameter}" if found.kind[i] == QUICKLOOK else ""
    band = found.band[i].upper()
    return f"{root}/cgi-bin/2MASS/IM/nph-im_key?ds={found.details.dataset}&key={key}&band={band}{more}"


def has_page(found: FoundImages) -> bool:
    """Tell whether found images have pages that show them, which are named by coadd keys."""
    return survey_of(found.details.dataset).has("coadd_keys")
