"""The Palomar Transient Factory: its single exposures, one CCD an image."""
