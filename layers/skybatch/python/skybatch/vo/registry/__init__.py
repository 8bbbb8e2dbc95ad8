"""Records of the service and of its data sets for the registry of the Virtual Observatory."""
