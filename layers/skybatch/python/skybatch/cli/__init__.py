"""The `skybatch` command."""
