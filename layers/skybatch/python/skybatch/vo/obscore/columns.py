"""The columns of answers of SIA 2.0: ObsCore's, and those by which an answer can be posted as a batch."""

from __future__ import annotations

from dataclasses import replace

from skybatch.surveys.known import default_survey
from skybatch.tables.model import Column, double, integer, text
from skybatch.tables.schemas.common import COADD_KEY, DATASET, TYPE
from skybatch.tables.schemas.survey_columns import survey_column


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
PHOTOMETRY = {"magzp": "phot.mag;arith.zp", "seesh": "instr.obsty.seeing"}
IMAGE_COLUMNS: tuple[Column, ...] = (
    text("energy_bandpassname", "Band of the image.", ucd="meta.id;instr.bandpass", key="BAND"),
    replace(COADD_KEY, ucd="meta.id"),
    replace(DATASET, ucd="meta.dataset"),
    TYPE,
    *(replace(survey_column(default_survey(), name), ucd=ucd) for name, ucd in PHOTOMETRY.items()),
)
# Only of surveys whose images anybody may read, as the archive's own answers have it.
CLOUD_ACCESS = text("cloud_access", "Where the image lies in the cloud, JSON.", ucd="meta.ref")
