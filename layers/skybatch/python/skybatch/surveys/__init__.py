"""What is known of surveys: bands, data sets, image types and the layout of their archives."""
