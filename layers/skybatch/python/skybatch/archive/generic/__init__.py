"""Indexing a tree of FITS images that no description describes: one is made of what the tree holds."""
