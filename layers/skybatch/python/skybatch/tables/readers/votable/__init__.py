"""Readers of VOTable documents."""
