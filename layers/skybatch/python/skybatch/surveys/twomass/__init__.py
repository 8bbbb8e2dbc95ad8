"""2MASS, the Two Micron All Sky Survey."""
