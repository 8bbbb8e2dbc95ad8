"""Tile-compressed images (FITS standard 4.0, section 10): lossless GZIP_2 and lossy HCOMPRESS_1."""
