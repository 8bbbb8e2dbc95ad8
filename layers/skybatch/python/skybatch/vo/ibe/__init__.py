"""Endpoints with the paths and parameters of the survey archive."""
