"""The bands of 2MASS. A band is added here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """One filter.

    Attributes
    ----------
    id
        Letter in keys, requests and columns.
    name
        Name shown to people.
    reference, upper, lower
        Reference wavelength and limits in metres, as the archive's image search states them.
    """

    id: str
    name: str
    reference: float
    upper: float
    lower: float


# In order of wavelength, which is the order of bands in every list and of blue, green, red in pictures.
FILTERS = {
    band.id: band
    for band in (
        Band("j", "J", reference=1.235e-06, upper=1.404e-06, lower=1.066e-06),
        Band("h", "H", reference=1.662e-06, upper=1.924e-06, lower=1.400e-06),
        Band("k", "Ks", reference=2.159e-06, upper=2.434e-06, lower=1.884e-06),
    )
}
BANDS = tuple(FILTERS)
BAND_NAMES = {band.id: band.name for band in FILTERS.values()}
