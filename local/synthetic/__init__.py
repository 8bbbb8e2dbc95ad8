"""A synthetic survey in the layout of the archive, the same each time it is made."""
