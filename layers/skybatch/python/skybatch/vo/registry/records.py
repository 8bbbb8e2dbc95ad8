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
from skybatch.vo.registry.capabilities import ImageExtent, image_access, service, vosi, web_page
from skybatch.vo.registry.elements import element, optional
from skybatch.vo.service_descriptors import DATALINK, SODA

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory

SERVICE = "service"  # the id of the record of the whole
SIA2 = "ivo://ivoa.net/std/SIA#query-2.0"
NAMESPACES = {
    "xmlns:ri": "http://www.ivoa.net/xml/RegistryInterface/v1.0",
    "xmlns:vr": "http://www.ivoa.net/xml/VOResource/v1.0",
    "xmlns:vs": "http://www.ivoa.net/xml/VODataService/v1.1",
    "xmlns:sia": "http://www.ivoa.net/xml/SIA/v1.1",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
# From the reference wavelengths of a survey's bands, metres, to the words of VODataService.
WAVEBANDS = (
    (0.0, 1e-11, "Gamma-ray"), (1e-11, 1e-8, "X-ray"), (1e-8, 1e-7, "EUV"), (1e-7, 3e-7, "UV"),
    (3e-7, 1e-6, "Optical"), (1e-6, 1e-4, "Infrared"), (1e-4, 1e-2, "Millimeter"), (1e-2, 1e9, "Radio"),
)  # fmt: skip


@dataclass(frozen=True)
class Deployment:
    """The service that records are of: its address, and the day it was made or last changed (UTC, ISO)."""

    root: str
    updated: str

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
    capabilities = (
        service(SIA2, f"{root}/SIA"),
        service(SODA, f"{root}/soda/sync"),
        service(DATALINK, f"{root}/datalink/links"),
        *vosi(f"{root}/SIA"),
        web_page(f"{root}/"),
    )
    words = (
        f"Images of {titles}: searches, whole images and cutouts, one by one or in batches of thousands of "
        "positions, with tables that account for every row asked for."
    )
    head = _head(deployment, SERVICE, f"Images of {titles}", "skybatch", words, surveys)
    return _document(deployment, head, capabilities, surveys)


def _dataset_record(deployment: Deployment, dataset: str, inventory: Inventory) -> str:
    survey, root = survey_of(dataset), deployment.root
    base = f"{root}/ibe/sia/{survey.mission.name}/{survey.datasets[dataset].path}"
    title = survey.dataset_title(dataset)
    words = f"{title}: {inventory.size} image sets of the {survey.title}, by Simple Image Access."
    capabilities = (image_access(base, _extent(inventory)), *vosi(base), web_page(f"{root}/"))
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
    sources = [
        element("source", reference, format="bibcode")
        for survey in surveys
        for reference in survey.references
    ]
    content = (
        element("subject", "sky surveys"),
        element("subject", "image cutouts"),
        element("description", words),
        *sources[:1],
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
    facilities = dict.fromkeys(name for survey in surveys for name in _facilities(survey))
    instruments = dict.fromkeys(survey.instrument for survey in surveys if survey.instrument)
    body = (
        *head,
        *capabilities,
        *(element("facility", name) for name in facilities),
        *(element("instrument", name) for name in instruments),
        element("coverage", [element("waveband", word) for word in _wavebands(surveys)]),
    )
    attributes = NAMESPACES | {
        "xsi:type": "vs:CatalogService",
        "created": deployment.updated,
        "updated": deployment.updated,
        "status": "active",
    }
    named = {name.replace(":", "__"): value for name, value in attributes.items()}
    resource = element("ri:Resource", body, **named)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{resource}'


def _facilities(survey: Survey) -> Sequence[str]:
    if isinstance(survey.facility, str):
        return [survey.facility] if survey.facility else []
    return [name for value, name in survey.facility.items() if value != "by"]


def _wavebands(surveys: Sequence[Survey]) -> list[str]:
    waves = [band.reference for survey in surveys for band in survey.band]
    return [word for low, high, word in WAVEBANDS if any(low <= wave < high for wave in waves)]
