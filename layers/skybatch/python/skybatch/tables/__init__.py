"""Tables in every format: readers of what is sent, writers of what is delivered, and their columns."""
