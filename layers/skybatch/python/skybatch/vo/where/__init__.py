"""The condition language of ``where``: grammar, evaluation, and what of it the inventory can look up."""
