"""From final outcomes to results: tables, companion files and one archive."""
