"""Batches on directories, without a server: the service's own planning, bundles and packaging."""
