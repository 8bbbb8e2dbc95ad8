"""Object names to positions: name services, their rate limits, and the cache of their responses."""
