"""Coverage maps of inventories."""
