"""Readers: a table in any format that people send, to columns of text."""
