"""Who calls, so that what one of them uses can be bounded."""
