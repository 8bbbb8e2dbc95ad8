"""What images there are, where on the sky, and where in the bucket."""
