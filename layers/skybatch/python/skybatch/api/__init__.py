"""The HTTP API as API Gateway carries it: the application, its dependencies, requests and responses."""
