"""VOResource records of the service and of each data set (VOResource 1.1, VODataService 1.1).

Whoever runs a service hands them to a publishing registry; they stand on the descriptions of its surveys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from skybatch.errors import NotFound
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import survey_of
from skybatch.vo.links import sia1_path
from skybatch.vo.obscore.facts import facilities
from skybatch.vo.registry.capabilities import ImageExtent, image_access, service, vosi, web_page
from skybatch.vo.registry.elements import element, optional
from skybatch.vo.service_descriptors import DATALINK, SIA2, SODA

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory

SERVICE = "service"  # the id of the record of the whole
# Of the service: the standard and the path of each.
SERVICES = ((SIA2, "/SIA"), (SODA, "/soda/sync"), (DATALINK, "/datalink/links"))
NAMESPACES = {
    "xmlns__ri": "http://www.ivoa.net/xml/RegistryInterface/v1.0",
    "xmlns__vr": "http://www.ivoa.net/xml/VOResource/v1.0",
    "xmlns__vs": "http://www.ivoa.net/xml/VODataService/v1.1",
    "xmlns__sia": "http://www.ivoa.net/xml/SIA/v1.1",
    "xmlns__xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
# From the reference wavelengths of a survey's bands, metres, to the words of VODataService.
WAVEBANDS = (
    (0.0, 1e-11, "Gamma-ray"), (1e-11, 1e-8, "X-ray"), (1e-8, 1e-7, "EUV"), (1e-7, 3e-7, "UV"),
    (3e-7, 1e-6, "Optical"), (1e-6, 1e-4, "Infrared"), (1e-4, 1e-2, "Millimeter"), (1e-2, 1e9, "Radio"),
)  # fmt: skip


@dataclass(frozen=True)
class Deployment:
    """The service that records are of.

    Attributes
    ----------
    root
        Its address.
    updated
        The day it was made or last changed (UTC, ISO 8601).
    is_closed
        Whether its operator has closed a path; records do not name such a one.
    """

    root: str
    updated: str
    is_closed: Callable[[str], bool] = lambda _: False

    @property
    def host(self) -> str:
        """The name by which it is reached."""
        return urlsplit(self.root).hostname or "localhost"

    def identifier(self, record: str) -> str:
        """Return the IVOA identifier of one of its records."""
        return f"ivo://{self.host}/skybatch/{record}"


def record_ids(datasets: Sequence[str]) -> list[str]:
    """Return the ids of all records: of the service, then of each data set."""
    return [SERVICE, *(survey_of(name).survey_id(name) for name in datasets)]


def record(
    wanted: str, deployment: Deployment, datasets: Sequence[str], open_: Callable[[str], Inventory]
) -> str:
    """Return one record as a document. Raises NotFound for an id that no record has."""
    if wanted == SERVICE:
        return _service_record(deployment, datasets)
    for name in datasets:
        if survey_of(name).survey_id(name) == wanted:
            return _dataset_record(deployment, name, open_(name))
    raise NotFound(f"There is no record {wanted[:60]!r}; there are {', '.join(record_ids(datasets))}.")


def _service_record(deployment: Deployment, datasets: Sequence[str]) -> str:
    root = deployment.root
    surveys = list({survey_of(name).id: survey_of(name) for name in datasets}.values())
    titles = ", ".join(survey.title for survey in surveys)
    offered = [(standard, path) for standard, path in SERVICES if not deployment.is_closed(path)]
    capabilities = (
        *(service(standard, root + path) for standard, path in offered),
        *(vosi(f"{root}/SIA") if not deployment.is_closed("/SIA") else ()),
        web_page(f"{root}/"),
    )
    words = (
        f"Images of {titles}: searches, whole images and cutouts, one by one or in batches of thousands of "
        "positions, with tables that account for every row asked for."
    )
    head = _head(deployment, SERVICE, f"Images of {titles}", "skybatch", words, surveys)
    return _document(deployment, head, capabilities, surveys)


def _dataset_record(deployment: Deployment, dataset: str, inventory: Inventory) -> str:
    survey, path = survey_of(dataset), sia1_path(dataset)
    base = deployment.root + path
    title = survey.dataset_title(dataset)
    words = f"{title}: {inventory.size} image sets of the {survey.title}, by Simple Image Access."
    search = () if deployment.is_closed(path) else (image_access(base, _extent(inventory)), *vosi(base))
    capabilities = (*search, web_page(f"{deployment.root}/"))
    short = f"{survey.short} {dataset}"[:16]
    head = _head(deployment, survey.survey_id(dataset), title, short, words, [survey])
    return _document(deployment, head, capabilities, [survey])


def _extent(inventory: Inventory) -> ImageExtent:
    """Return where the first images are, and how large."""
    first = inventory.details([0])
    ra, dec = first.footprints().centers()
    width = abs(float(first.naxis1[0] * first.cdelt1[0]))
    height = abs(float(first.naxis2[0] * first.cdelt2[0]))
    return ImageExtent(float(ra[0]), float(dec[0]), width, height, int(max(first.naxis1[0], first.naxis2[0])))


def _head(
    deployment: Deployment, identifier: str, title: str, short: str, words: str, surveys: Sequence[Survey]
) -> tuple[str, ...]:
    """Return the elements that every resource begins with."""
    references = [reference for survey in surveys for reference in survey.references]
    content = (
        element("subject", "sky surveys"),
        element("subject", "image cutouts"),
        element("description", words),
        *(element("source", reference, format="bibcode") for reference in references[:1]),
        element("referenceURL", f"{deployment.root}/help/"),
        element("type", "Archive"),
        element("contentLevel", "Research"),
    )
    curation = (
        element("publisher", deployment.host),
        *(element("creator", (element("name", survey.title),)) for survey in surveys),
        element("date", deployment.updated[:10]),
        element("contact", (element("name", f"Operator of {deployment.host}"),)),
    )
    return (
        element("title", title),
        element("shortName", short),
        element("identifier", deployment.identifier(identifier)),
        element("curation", curation),
        element("content", content),
        *(optional("rights", rights) for rights in dict.fromkeys(survey.rights for survey in surveys)),
    )


def _document(
    deployment: Deployment, head: Sequence[str], capabilities: Sequence[str], surveys: Sequence[Survey]
) -> str:
    observatories = dict.fromkeys(name for survey in surveys for name in facilities(survey).values())
    instruments = dict.fromkeys(survey.instrument for survey in surveys if survey.instrument)
    body = (
        *head,
        *capabilities,
        *(optional("facility", name) for name in observatories),
        *(element("instrument", name) for name in instruments),
        element("coverage", [element("waveband", word) for word in _wavebands(surveys)]),
    )
    attributes = NAMESPACES | {
        "xsi__type": "vs:CatalogService",
        "created": deployment.updated,
        "updated": deployment.updated,
        "status": "active",
    }
    resource = element("ri:Resource", body, **attributes)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{resource}'


def _wavebands(surveys: Sequence[Survey]) -> list[str]:
    waves = [band.wave[0] for survey in surveys for band in survey.band if band.wave]
    return [word for low, high, word in WAVEBANDS if any(low <= wave < high for wave in waves)]
