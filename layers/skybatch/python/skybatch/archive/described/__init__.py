"""Indexing the images of a survey by its description alone."""
