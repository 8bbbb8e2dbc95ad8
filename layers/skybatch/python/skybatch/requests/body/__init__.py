"""The body of a POST, taken apart into its fields and its table."""
