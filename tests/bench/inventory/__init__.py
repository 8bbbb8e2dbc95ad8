"""What the bench of the inventory is made of: its questions, its rivals, and cold starts."""
