"""The life of one batch: what it is lies here, what happens to it in the rooms below."""
