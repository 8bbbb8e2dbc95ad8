"""ObsCore rows of images, the response of SIA 2.0 (IVOA ObsCore 1.1, section 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.vectors import Floats
from skybatch.surveys.cloud_access import cloud_access
from skybatch.surveys.description.keys import FieldValue, parts_of
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.description.templates import Template
from skybatch.surveys.image_names import name_writer
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import default_survey, survey_of
from skybatch.tables.model import Table, Values
from skybatch.tables.schemas.common import IMAGE_ID, SURVEY, TABLE_MARKER_COLUMN
from skybatch.tables.schemas.marker import TABLE_MARKER, TABLE_MARKER_VERSION
from skybatch.tables.service_descriptor import ServiceDescriptor
from skybatch.tables.writers.formats import Format
from skybatch.vo.links import image_url
from skybatch.vo.obscore.columns import CLOUD_ACCESS, IMAGE_COLUMNS, OBSCORE, PHOTOMETRY
from skybatch.vo.obscore.facts import (
    collections,
    facilities,
    facility_field,
    known_numbers,
    of_bands,
    publisher_id,
    resolving_power,
    times_of_images,
    values_of_images,
)
from skybatch.vo.search_images import FoundImages

Fields: TypeAlias = Mapping[str, FieldValue]


def collection(dataset: str) -> str:
    """Return the ``obs_collection`` of a data set, such as ``twomass_allsky``."""
    return collections(dataset)[0]


def obscore_table(
    found: Sequence[FoundImages],
    root: str,
    services: tuple[ServiceDescriptor, ...],
    overflow: str,
    fmt: Format = "xml",
) -> Table:
    """Make a table of the images of several data sets, one after another; it can be posted back."""
    parts = [_part(each, root) for each in found if len(each)]
    surveys = dict.fromkeys(survey_of(each.details.dataset) for each in found)
    own = () if all(survey.has("coadd_keys") for survey in surveys) else (SURVEY, IMAGE_ID)
    own = (*own, CLOUD_ACCESS) if any(survey.place.access == "anonymous" for survey in surveys) else own
    marker = (TABLE_MARKER_COLUMN,) if fmt in ("csv", "tsv") else ()
    columns = (*OBSCORE, *IMAGE_COLUMNS, *own, *marker)
    data: dict[str, Values] = {
        column.source: [value for part in parts for value in part[column.source]] for column in columns
    }
    names = [survey.short for survey in surveys] or [default_survey().short]
    return Table(
        columns,
        data,
        keywords={TABLE_MARKER: TABLE_MARKER_VERSION},
        title=f"{' and '.join(dict.fromkeys(names))} images",
        services=services,
        overflow=overflow,
    )


def _part(found: FoundImages, root: str) -> dict[str, list[object]]:
    fields = [found.image_id(i).fields for i in range(len(found))]
    keys = [found.key(i) for i in range(len(found))]
    return _rows(found, root, fields, keys) | _image_rows(found, fields, keys)


def _image_rows(found: FoundImages, fields: Sequence[Fields], keys: Sequence[str]) -> dict[str, list[object]]:
    details, count = found.details, len(found)
    survey = survey_of(details.dataset)
    bands = list(zip(found.band, found.at.tolist(), strict=True))
    photometry: dict[str, list[object]] = {
        name: [float(getattr(details, name)[band][at]) for band, at in bands]
        if name in survey.columns
        else [None] * count
        for name in PHOTOMETRY
    }
    return photometry | {
        "BAND": [survey.bands[band].show for band in found.band],
        "coadd_key": details.coadd_key[found.at].tolist() if survey.has("coadd_keys") else [None] * count,
        "dataset": [details.dataset] * count,
        "type": list(found.kind),
        "survey": [survey.survey_id(details.dataset)] * count,
        "image_id": [survey.set_id.format(each) for each in fields],
        CLOUD_ACCESS.source: [_cloud_access(survey, key) for key in keys],
        TABLE_MARKER: [TABLE_MARKER_VERSION] * count,
    }


def _cloud_access(survey: Survey, key: str) -> str | None:
    return cloud_access(survey.place, key) if survey.place.access == "anonymous" else None


def _rows(
    found: FoundImages, root: str, fields: Sequence[Fields], keys: Sequence[str]
) -> dict[str, list[object]]:
    details, at = found.details, found.at
    survey, count = survey_of(details.dataset), len(found)
    same = _constants(survey) | {"obs_collection": collection(details.dataset)}
    return {name: [value] * count for name, value in same.items()} | {
        "obs_id": _observation_ids(survey, found, fields),
        "obs_publisher_did": [publisher_id(key) for key in keys],
        "obs_title": _titles(found, fields),
        "access_url": [image_url(root, key) for key in keys],
        "access_estsize": [-(-found.stored_bytes(i) // 1000) for i in range(count)],
        "s_xel1": details.naxis1[at].tolist(),
        "s_xel2": details.naxis2[at].tolist(),
        **_places(found),
        **_times(found),
        **_of_bands(survey, found.band),
        "t_exptime": _exposures(survey, found),
        "facility_name": _facilities(survey, found),
    }


def _constants(survey: Survey) -> dict[str, object]:
    return {
        "dataproduct_type": "image",
        "calib_level": survey.obscore.calib_level,
        "target_name": None,
        "t_resolution": None,
        "t_xel": 1,
        "em_xel": 1,
        "o_ucd": survey.obscore.o_ucd,
        "pol_states": None,
        "pol_xel": 0,
        "instrument_name": survey.instrument or None,
        "access_format": "image/fits",
    }


def _places(found: FoundImages) -> dict[str, list[object]]:
    details, at = found.details, found.at
    footprints = details.footprints()
    corners, middle = footprints.corners(), footprints.centers()
    to_icrs = footprints.frame.to_icrs
    ra, dec = to_icrs(middle[0][at], middle[1][at])
    sides = np.hypot(details.naxis1 * details.cdelt1, details.naxis2 * details.cdelt2)[at]
    return {
        "s_ra": ra.tolist(),
        "s_dec": dec.tolist(),
        "s_fov": sides.tolist(),
        "s_region": list(_outlines(*to_icrs(corners[0][at], corners[1][at]), footprints.mirrored[at])),
    }


def _times(found: FoundImages) -> dict[str, list[object]]:
    taken = times_of_images(found.details, found.band, found.at)
    if taken is None:
        return {"t_min": [None] * len(found), "t_max": [None] * len(found)}
    return {"t_min": list(known_numbers(taken[0])), "t_max": list(known_numbers(taken[1]))}


def _exposures(survey: Survey, found: FoundImages) -> list[object]:
    time = survey.obscore.time
    if time is not None and time.seconds:
        return list(known_numbers(values_of_images(found.details, time.seconds, found.band, found.at)))
    exposures = of_bands(survey, survey.obscore.exposure)
    return [exposures[band] for band in found.band]


def _of_bands(survey: Survey, bands: Sequence[str]) -> dict[str, list[object]]:
    filters = [survey.bands[band] for band in bands]
    resolutions = of_bands(survey, survey.obscore.resolution)
    return {
        "em_min": [each.lower for each in filters],
        "em_max": [each.upper for each in filters],
        "em_res_power": [resolving_power(each) for each in filters],
        "s_resolution": [resolutions[band] for band in bands],
    }


def _facilities(survey: Survey, found: FoundImages) -> list[object]:
    names, field = facilities(survey), facility_field(survey)
    if field is None:
        return [names[""] or None] * len(found)
    return [names.get(value) for value in getattr(found.details, field)[found.at].tolist()]


def _observation_ids(survey: Survey, found: FoundImages, fields: Sequence[Fields]) -> list[object]:
    template, dataset = Template(survey.obscore.obs_id), found.details.dataset
    parts = parts_of(survey, survey.datasets[dataset])
    number = survey.set.number.column if survey.set.number else ""
    numbers = getattr(found.details, number)[found.at].tolist() if number else [""] * len(found)
    with_id = "id" in template.names
    ids: list[object] = []
    for of_set, value in zip(fields, numbers, strict=True):
        more = {"id": survey.set_id.format(of_set)} if with_id else {}
        ids.append(template.format({**parts, **of_set, **more, number: value}))
    return ids


def _titles(found: FoundImages, fields: Sequence[Fields]) -> list[object]:
    dataset, kinds = found.details.dataset, list(zip(found.band, found.kind, strict=True))
    writers = {
        (band, kind): name_writer("obs", dataset, band, ImageType.of_letter(kind))
        for band, kind in set(kinds)
    }
    return [writers[kind](of_set) for kind, of_set in zip(kinds, fields, strict=True)]


def _outlines(ra: Floats, dec: Floats, mirrored: NDArray[np.bool_]) -> list[str]:
    """Return STC-S polygons as ObsCore 1.1 has them: one way round, as corners run unless mirrored."""
    corners = np.stack([ra, dec], axis=-1)
    corners[mirrored] = corners[mirrored][:, [0, 3, 2, 1]]
    pairs = corners.reshape(len(ra), -1)
    return ["POLYGON ICRS " + " ".join(f"{value:.6f}" for value in row) for row in pairs.tolist()]
