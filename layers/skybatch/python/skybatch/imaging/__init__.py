"""Cutouts, previews and Quicklooks of stored images: bytes in, bytes out."""
