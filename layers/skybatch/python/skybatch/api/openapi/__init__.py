"""The OpenAPI document: generated when the package is built, loaded when it is asked for."""
