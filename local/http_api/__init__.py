"""An HTTP API of API Gateway on this machine: as unkind to its callers as the one on AWS."""
