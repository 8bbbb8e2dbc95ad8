"""The bands of 2MASS, by its description."""

from __future__ import annotations

from skybatch.surveys.known import default_survey

# In order of wavelength, which is the order of bands in every list and of blue, green, red in pictures.
BANDS = tuple(default_survey().bands)
BAND_NAMES = {band.id: band.label for band in default_survey().band}
