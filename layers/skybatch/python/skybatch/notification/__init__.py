"""The email at the end of a batch: its text, and sending it once."""
