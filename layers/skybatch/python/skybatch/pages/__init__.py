"""The pages people see, rendered on the server."""
