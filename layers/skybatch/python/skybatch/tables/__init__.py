"""The tables we hand out."""
