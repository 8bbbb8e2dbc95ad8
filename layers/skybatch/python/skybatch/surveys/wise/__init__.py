"""The single exposures of WISE, in each phase of the mission, and of NEOWISE."""
