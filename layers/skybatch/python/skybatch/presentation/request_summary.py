"""What a request asks for, as text made of the facts in the batch's status."""

from __future__ import annotations

from skybatch.fits.edge_mode import EdgeMode
from skybatch.presentation.formatting import count, join_words, plain
from skybatch.presentation.survey_results import short_titles, survey_title
from skybatch.status import RegionSummary, RequestSummary
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import band_label, default_survey, survey_if_known

QUICKLOOK_CAUTION = default_survey().requests.caution["quicklook"]
_HEMISPHERES = {"n": "north", "s": "south"}
_RELATIONS = {
    "overlap": "overlap",
    "cover": "wholly cover",
    "enclosed": "lie wholly within",
}
_LISTS = {
    "positions": ("position", "positions"),
    "image_ids": ("image set", "image sets"),
    "coadd_keys": ("coadd key", "coadd keys"),
    "scans": ("scan", "scans"),
}


def request_sentence(request: RequestSummary) -> str:
    """Write the request as the object of "you asked for": no capital, no full stop."""
    if request.surveys:
        bands = join_words([band_label(band) for band in request.bands])
        return f"{bands} images of {short_titles(request.surveys)} {_place(request)}".strip()
    kind = f"{_title(request)} images"
    bands = join_words([band_label(band, request.dataset) for band in request.bands])
    return f"{bands} {kind} {_place(request)}".strip()


def _title(request: RequestSummary) -> str:
    """Return the title of the kind of images in the survey that is asked for."""
    survey = survey_if_known(request.dataset) or default_survey()
    product = survey.requests.image_types.get(request.image_type)
    return survey.product[product].title if product else "Atlas"


def _place(request: RequestSummary) -> str:
    if region := request.region:
        relation = _RELATIONS.get(region.relation, region.relation)
        return f"that {relation} the circle of {region.diameter:g}° diameter around {_center(region)}"
    if scan := request.scan:
        hemisphere = _HEMISPHERES.get(scan.hem or "", scan.hem)
        return f"of scan {scan.scan} of the night {scan.date}, {hemisphere}"
    if request.from_service:
        return f"for {count(request.rows, 'row')} of a table of an earlier batch"
    return f"for {count(request.rows, *_LISTS.get(request.mode, ('row', 'rows')))}"


def _center(region: RegionSummary) -> str:
    name = plain(region.name, 60) if region.name else ""
    if not region.center:
        return name
    ra, dec = region.center
    position = f"{ra:.5f} {dec:+.5f}"
    return f"{name} ({position}, ICRS)" if name else f"{position} (ICRS)"


def request_details(request: RequestSummary) -> list[tuple[str, str]]:
    """List the other choices of the request: pairs of a term and its value."""
    survey = survey_if_known(request.dataset)
    details = [("Data set", survey.dataset_title(request.dataset) if survey else request.dataset)]
    if request.surveys:
        details = [("Surveys", ", ".join(map(survey_title, request.surveys)))]
    if request.table_name:
        details.append(("Table", plain(request.table_name, 80)))
    if request.edge == EdgeMode.PAD:
        details.append(("Crops", "of the full size, padded with blank pixels where the image ends"))
    return [*details, ("Delivered as", _delivery(request))]


def _delivery(request: RequestSummary) -> str:
    if request.image_type == ImageType.QUICKLOOK:
        return "plain FITS, decompressed" if request.decompress else "compressed, as stored"
    forms = {"fits": "plain FITS", "fz": "FITS in compressed tiles where stored so; crops are plain FITS"}
    if request.surveys and request.delivery_format not in forms:
        return "FITS as stored, gzip-compressed or plain; crops are plain FITS"
    return forms.get(request.delivery_format, "gzip-compressed FITS, as stored; crops are plain FITS")
