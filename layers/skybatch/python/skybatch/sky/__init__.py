"""Coordinates as people write them, celestial frames, footprints of images, regions and zones."""
