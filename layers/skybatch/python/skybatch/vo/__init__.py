"""Services of the Virtual Observatory, and endpoints compatible with the survey archive's."""
