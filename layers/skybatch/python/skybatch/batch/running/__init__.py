"""The plan becomes files: dispatched, worked, tallied."""
