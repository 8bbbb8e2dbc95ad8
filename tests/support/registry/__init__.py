"""Schemas of the IVOA that stilts does not carry, as much of them as our records use."""
