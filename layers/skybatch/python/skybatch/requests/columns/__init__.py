"""What the columns of an uploaded table mean: roles, pairs of coordinates, their frames and units."""
