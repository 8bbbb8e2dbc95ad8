"""FITS files as bytes: headers, pixels and tiles of the standard, nothing of any survey."""
