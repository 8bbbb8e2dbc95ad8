"""What is asked for becomes a batch: bounds, a dry run, an id and a record."""
