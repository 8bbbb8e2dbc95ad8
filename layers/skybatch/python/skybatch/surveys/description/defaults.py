"""What a description leaves out, filled in from what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from skybatch.surveys.description.images import Band, Dataset, Mission, Names, Product
from skybatch.surveys.description.metadata import ObsCore, Tables
from skybatch.surveys.description.request_rules import DEFAULT_IMAGE_TYPE, Requests
from skybatch.surveys.description.survey import Survey, with_name

# Columns of the service's own in searches, before or after those of the survey.
_IPAC = ("@link", "@asked_by", "@file_name", "@type", "@set")
_IPAC_PLACE = ("@band", "@place", "@corners", "@naxis", "@crota2")
_IPAC_DELIVERY = ("@requested", "@delivery", "@edge", "@form")
_VOTABLE = ("@title", "@link", "@sia_place", "@crota2", "@band", "@wave:ref,high,low", "@type", "@pixflags")
_HTML = ("@row", "@file_name", "@band", "@kind", "@set")
_SIA = ("@sia", "@bandpass:ref,low,high")
_SEARCH = ("@file_name_native", "@wcs", "@crota2", "@naxis", "@place", "@corners")


def completed(survey: Survey) -> Survey:
    """Return the survey with every default that depends on its other keys."""
    return replace(
        survey,
        mission=survey.mission if survey.mission.name else Mission(name=survey.id),
        dataset=tuple(_dataset(survey, dataset) for dataset in survey.dataset),
        band=tuple(map(_band, survey.band)),
        product={name: _product(survey, name, product) for name, product in survey.product.items()},
        names=_names(survey),
        tables=_tables(survey),
        obscore=_obscore(survey.obscore, survey.id),
        requests=_requests(survey),
    )


def _dataset(survey: Survey, dataset: Dataset) -> Dataset:
    return replace(dataset, sia_title=dataset.sia_title or with_name(survey.short, dataset.title))


def _band(band: Band) -> Band:
    return replace(
        band,
        show=band.show or band.label,
        native=band.native if band.native != "" else band.id,
        token=band.token or band.id,
        words=band.words or tuple(dict.fromkeys((band.id, band.label.lower()))),
    )


def _product(survey: Survey, name: str, product: Product) -> Product:
    mark = product.mark or ("" if name == next(iter(survey.images), name) else f"_{name}")
    return replace(product, read=product.read or product.forms, mark=mark)


def _names(survey: Survey) -> Names:
    title = "{band.show} {product.title} Image: {id}"
    short = "".join(letter for letter in survey.short.lower() if letter.isalnum())
    given = survey.names
    return Names(
        sia=given.sia or "{dataset.sia_title} " + title,
        title=given.title or "{dataset.title} " + title,
        obs=given.obs or f"{_literal(survey.short)} {title}",
        file=given.file or short + "_{id}_{band.id}{product.mark}",
        colour=given.colour or short + "_{id}_rgb{product.mark}",
    )


def _literal(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def _tables(survey: Survey) -> Tables:
    given = survey.tables
    core = given.core or tuple(survey.columns)
    return Tables(
        core=core,
        ipac=given.ipac or (*_IPAC, *core, *_IPAC_PLACE, *_IPAC_DELIVERY),
        votable=given.votable or (*_VOTABLE, "@asked_by_text", "@set", *core, "@htm"),
        html=given.html or (*_HTML, *core, "@place_html"),
        rows=given.rows or ("@image_id",),
        sia=given.sia or (*_SIA, *core),
        search=given.search or (*core, *_SEARCH),
    )


def _obscore(given: ObsCore, survey_id: str) -> ObsCore:
    return replace(given, did=given.did or f"ivo://skybatch/{survey_id}?{{address}}")


def _requests(survey: Survey) -> Requests:
    types: Mapping[str, str] = {DEFAULT_IMAGE_TYPE: next(iter(survey.images), "")}
    return replace(
        survey.requests,
        headline=survey.requests.headline or f"Images of {survey.short}, in batches",
        image_types=survey.requests.image_types or types,
    )
