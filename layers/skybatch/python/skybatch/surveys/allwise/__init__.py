"""AllWISE, the Atlas of the Wide-field Infrared Survey Explorer."""
