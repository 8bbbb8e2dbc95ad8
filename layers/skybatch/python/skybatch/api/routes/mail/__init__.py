"""What the links in emails lead to, beside batches."""
