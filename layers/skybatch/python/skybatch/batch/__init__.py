"""The life of one batch: its stored objects here, its stages in the folders below."""
