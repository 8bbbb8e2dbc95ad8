"""A batch told to people: summaries, emails."""
