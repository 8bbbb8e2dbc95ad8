"""Writers: a table in any of the delivered formats."""
