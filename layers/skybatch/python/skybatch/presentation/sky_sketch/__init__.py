"""A sketch of a request on the sky as SVG: positions and what became of them, footprints, region, grid."""
