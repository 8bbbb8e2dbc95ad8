"""Readers of tables in text."""
