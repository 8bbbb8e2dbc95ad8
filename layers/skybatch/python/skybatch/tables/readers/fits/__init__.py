"""Readers of FITS tables."""
