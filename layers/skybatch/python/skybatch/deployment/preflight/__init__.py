"""Before a deployment: what would make it fail, or the service do less than it should."""
