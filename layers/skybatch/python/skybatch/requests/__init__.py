"""What people ask, made exact."""
