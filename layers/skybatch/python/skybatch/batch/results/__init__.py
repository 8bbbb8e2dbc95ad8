"""The outcomes become results: tables, enclosures, one archive."""
