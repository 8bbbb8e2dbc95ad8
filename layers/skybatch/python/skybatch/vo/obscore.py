"""ObsCore rows of images, the response of SIA 2.0 (IVOA ObsCore 1.1, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from skybatch.errors import NotFound
from skybatch.sky.fk5 import fk5_to_icrs
from skybatch.sky.vectors import Floats
from skybatch.storage.object_keys import checked_key
from skybatch.surveys.description.images import Band
from skybatch.surveys.image_id import parse_key
from skybatch.surveys.image_names import image_name
from skybatch.surveys.known import default_survey
from skybatch.surveys.twomass.bands import FILTERS
from skybatch.surveys.twomass.datasets import DATASETS, MISSION
from skybatch.tables.model import Column, Table, Values, double, integer, text
from skybatch.tables.schemas.common import COADD_KEY, DATASET, TABLE_MARKER_COLUMN, TYPE
from skybatch.tables.schemas.marker import TABLE_MARKER, TABLE_MARKER_VERSION
from skybatch.tables.schemas.survey_columns import survey_column
from skybatch.tables.service_descriptor import ServiceDescriptor
from skybatch.tables.writers.formats import Format
from skybatch.vo.links import image_url
from skybatch.vo.search_images import FoundImages

IVOID = "ivo://skybatch/2mass?"
FACILITIES = {"n": "2MASS North, Mt. Hopkins", "s": "2MASS South, Cerro Tololo"}
INSTRUMENT = "2MASS camera"
EXPOSURE_SECONDS = 7.8  # six exposures of 1.3 s (survey documentation)
RESOLUTION_ARCSEC = 2.0  # of one arcsec pixels whose star images are about two wide
CALIBRATION_LEVEL = 2
_MJD_OF_1970 = 40587
_CONSTANTS: dict[str, object] = {
    "dataproduct_type": "image",
    "calib_level": CALIBRATION_LEVEL,
    "target_name": None,
    "s_resolution": RESOLUTION_ARCSEC,
    "t_exptime": EXPOSURE_SECONDS,
    "t_resolution": None,
    "t_xel": 1,
    "em_xel": 1,
    "o_ucd": "phot.count",
    "pol_states": None,
    "pol_xel": 0,
    "instrument_name": INSTRUMENT,
    "access_format": "image/fits",
}


def _column(column: Column, path: str) -> Column:
    return replace(column, utype=f"obscore:{path}")


OBSCORE: tuple[Column, ...] = (
    _column(
        text("dataproduct_type", "Kind of data product.", ucd="meta.code.class"), "ObsDataset.dataProductType"
    ),
    _column(
        integer("calib_level", "Calibration level; 2: calibrated.", ucd="meta.code;obs.calib"),
        "ObsDataset.calibLevel",
    ),
    _column(text("obs_collection", "Data set of the survey.", ucd="meta.id"), "DataID.collection"),
    _column(text("obs_id", "Identifier of the image set.", ucd="meta.id"), "DataID.observationID"),
    _column(
        text("obs_publisher_did", "Identifier of the image.", ucd="meta.ref.ivoid"), "Curation.publisherDID"
    ),
    _column(text("obs_title", "Title of the image.", ucd="meta.title;obs"), "DataID.title"),
    _column(text("access_url", "URL of the image.", ucd="meta.ref.url", link="image"), "Access.reference"),
    _column(text("access_format", "MIME type of the image.", ucd="meta.code.mime"), "Access.format"),
    _column(
        Column("access_estsize", "long", "Size of the file.", unit="kbyte", ucd="phys.size;meta.file"),
        "Access.size",
    ),
    _column(
        text("target_name", "Object looked at; none: the survey scanned.", ucd="meta.id;src"), "Target.name"
    ),
    _column(
        double("s_ra", "Right ascension of the image centre.", unit="deg", ucd="pos.eq.ra", frame="ICRS"),
        "Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1",
    ),
    _column(
        double("s_dec", "Declination of the image centre.", unit="deg", ucd="pos.eq.dec", frame="ICRS"),
        "Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C2",
    ),
    _column(
        double("s_fov", "Diameter that holds the image.", unit="deg", ucd="phys.angSize;instr.fov"),
        "Char.SpatialAxis.Coverage.Bounds.Extent.diameter",
    ),
    _column(
        text("s_region", "Outline of the image.", ucd="pos.outline;obs.field"),
        "Char.SpatialAxis.Coverage.Support.Area",
    ),
    _column(
        double("s_resolution", "Angular resolution.", unit="arcsec", ucd="pos.angResolution"),
        "Char.SpatialAxis.Resolution.Refval.value",
    ),
    _column(
        Column("s_xel1", "long", "Columns of the image.", ucd="meta.number"), "Char.SpatialAxis.numBins1"
    ),
    _column(Column("s_xel2", "long", "Rows of the image.", ucd="meta.number"), "Char.SpatialAxis.numBins2"),
    _column(
        double("t_min", "Start of the night (UT).", unit="d", ucd="time.start;obs.exposure"),
        "Char.TimeAxis.Coverage.Bounds.Limits.StartTime",
    ),
    _column(
        double("t_max", "End of the night (UT).", unit="d", ucd="time.end;obs.exposure"),
        "Char.TimeAxis.Coverage.Bounds.Limits.StopTime",
    ),
    _column(
        double("t_exptime", "Exposure time.", unit="s", ucd="time.duration;obs.exposure"),
        "Char.TimeAxis.Coverage.Support.Extent",
    ),
    _column(
        double("t_resolution", "Temporal resolution; null.", unit="s", ucd="time.resolution"),
        "Char.TimeAxis.Resolution.Refval.value",
    ),
    _column(Column("t_xel", "long", "Elements along time.", ucd="meta.number"), "Char.TimeAxis.numBins"),
    _column(
        double("em_min", "Shortest wavelength.", unit="m", ucd="em.wl;stat.min", format="%.3e"),
        "Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit",
    ),
    _column(
        double("em_max", "Longest wavelength.", unit="m", ucd="em.wl;stat.max", format="%.3e"),
        "Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit",
    ),
    _column(
        double("em_res_power", "Spectral resolving power.", ucd="spect.resolution", format="%.2f"),
        "Char.SpectralAxis.Resolution.ResolPower.refVal",
    ),
    _column(
        Column("em_xel", "long", "Elements along wavelength.", ucd="meta.number"), "Char.SpectralAxis.numBins"
    ),
    _column(text("o_ucd", "What a pixel holds.", ucd="meta.ucd"), "Char.ObservableAxis.ucd"),
    _column(
        text("pol_states", "Polarisation states; none.", ucd="meta.code;phys.polarization"),
        "Char.PolarizationAxis.stateList",
    ),
    _column(
        Column("pol_xel", "long", "Polarisation elements.", ucd="meta.number"),
        "Char.PolarizationAxis.numBins",
    ),
    _column(
        text("facility_name", "Observatory.", ucd="meta.id;instr.tel"), "Provenance.ObsConfig.Facility.name"
    ),
    _column(
        text("instrument_name", "Instrument.", ucd="meta.id;instr"), "Provenance.ObsConfig.Instrument.name"
    ),
)

# Beside ObsCore: the image by the archive's own terms, so that an answer can be posted back as a batch.
IMAGE_COLUMNS: tuple[Column, ...] = (
    text("energy_bandpassname", "Band of the image.", ucd="meta.id;instr.bandpass", key="BAND"),
    replace(COADD_KEY, ucd="meta.id"),
    replace(DATASET, ucd="meta.dataset"),
    TYPE,
    replace(survey_column(default_survey(), "magzp"), ucd="phot.mag;arith.zp"),
    replace(survey_column(default_survey(), "seesh"), ucd="instr.obsty.seeing"),
)


def collection(dataset: str) -> str:
    """Return the ``obs_collection`` of a data set, such as ``twomass_allsky``."""
    return f"{MISSION}_{DATASETS[dataset].folder}"


def resolving_power(band: Band) -> float:
    """Return the spectral resolving power of a filter: its reference wavelength over its width."""
    return band.reference / (band.upper - band.lower)


def publisher_id(key: str) -> str:
    """Return the publisher's identifier of a stored image."""
    return IVOID + key


def key_of_id(identifier: str) -> str:
    """Return the archive key that an identifier names. Raises NotFound for one of another publisher."""
    if not identifier.startswith(IVOID):
        raise NotFound(f"There is no image {identifier[:80]!r}: identifiers begin with {IVOID}")
    key = checked_key(identifier.removeprefix(IVOID))
    parse_key(key)
    return key


def mjd(dates: Sequence[str]) -> list[float]:
    """Return the Modified Julian Date at the beginning of days yymmdd; years from 50 on are of the 1900s."""
    full = [f"{'19' if d[:2] >= '50' else '20'}{d[:2]}-{d[2:4]}-{d[4:]}" for d in dates]
    return [float(day) for day in (np.array(full, "datetime64[D]").astype(np.int64) + _MJD_OF_1970).tolist()]


def obscore_table(
    found: Sequence[FoundImages],
    root: str,
    services: tuple[ServiceDescriptor, ...],
    overflow: str,
    fmt: Format = "xml",
) -> Table:
    """Make a table of the images of several data sets, one after another; it can be posted back."""
    parts = [_rows(each, root) | _image_rows(each) for each in found if len(each)]
    marker = (TABLE_MARKER_COLUMN,) if fmt in ("csv", "tsv") else ()
    columns = (*OBSCORE, *IMAGE_COLUMNS, *marker)
    data: dict[str, Values] = {
        column.source: [value for part in parts for value in part[column.source]] for column in columns
    }
    return Table(
        columns,
        data,
        keywords={TABLE_MARKER: TABLE_MARKER_VERSION},
        title="2MASS images",
        services=services,
        overflow=overflow,
    )


def _image_rows(found: FoundImages) -> dict[str, list[object]]:
    details, count = found.details, len(found)
    bands = list(zip(found.band, found.at.tolist(), strict=True))
    return {
        "BAND": [band.upper() for band in found.band],
        "coadd_key": details.coadd_key[found.at].tolist(),
        "dataset": [details.dataset] * count,
        "type": list(found.kind),
        "magzp": [float(details.magzp[band][at]) for band, at in bands],
        "seesh": [float(details.seesh[band][at]) for band, at in bands],
        TABLE_MARKER: [TABLE_MARKER_VERSION] * count,
    }


def _rows(found: FoundImages, root: str) -> dict[str, list[object]]:
    details, at = found.details, found.at
    count = len(found)
    footprints = details.footprints()
    corners, middle = footprints.corners(), footprints.centers()
    outlines = _outlines(*fk5_to_icrs(corners[0][at], corners[1][at]))
    ra, dec = fk5_to_icrs(middle[0][at], middle[1][at])
    start = mjd(details.ut_date[at].tolist())
    keys = [found.key(i) for i in range(count)]
    filters = [FILTERS[band] for band in found.band]
    sides = np.hypot(details.naxis1 * details.cdelt1, details.naxis2 * details.cdelt2)[at]
    same = _CONSTANTS | {"obs_collection": collection(details.dataset)}
    return {name: [value] * count for name, value in same.items()} | {
        "obs_id": [f"{details.dataset}/{key}" for key in details.coadd_key[at].tolist()],
        "obs_publisher_did": [publisher_id(key) for key in keys],
        "obs_title": [_title(key) for key in keys],
        "access_url": [image_url(root, key) for key in keys],
        "access_estsize": [-(-found.stored_bytes(i) // 1000) for i in range(count)],
        "s_ra": ra.tolist(),
        "s_dec": dec.tolist(),
        "s_fov": sides.tolist(),
        "s_region": outlines,
        "s_xel1": details.naxis1[at].tolist(),
        "s_xel2": details.naxis2[at].tolist(),
        "t_min": start,
        "t_max": [day + 1.0 for day in start],
        "em_min": [each.lower for each in filters],
        "em_max": [each.upper for each in filters],
        "em_res_power": [resolving_power(each) for each in filters],
        "facility_name": [FACILITIES[hem] for hem in details.hem[at].tolist()],
    }


def _title(key: str) -> str:
    image, image_type, _ = parse_key(key)
    return image_name("obs", image, image_type)


def _outlines(ra: Floats, dec: Floats) -> list[str]:
    """Return STC-S polygons as ObsCore 1.1 has them: counter-clockwise on the sky, as corners run."""
    pairs = np.stack([ra, dec], axis=-1).reshape(len(ra), -1)
    return ["POLYGON ICRS " + " ".join(f"{value:.6f}" for value in row) for row in pairs.tolist()]
