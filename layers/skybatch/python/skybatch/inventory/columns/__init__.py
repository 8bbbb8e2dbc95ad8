"""The columns of an inventory as files: their types, what of them is at hand, and searches in sorted ones."""
