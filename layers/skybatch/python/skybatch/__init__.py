"""Batch image retrieval for sky surveys."""

__version__ = "0.1.0"
