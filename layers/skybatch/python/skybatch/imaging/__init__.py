"""Pixels in, pixels out: bytes and headers, nothing of S3 or batches."""
