"""The steps that the state machine calls."""
