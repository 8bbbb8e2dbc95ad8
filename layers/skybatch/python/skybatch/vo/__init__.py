"""The archive's own doors: its paths and protocols, answered from the same images."""
