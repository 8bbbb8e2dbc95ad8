"""HTTP as API Gateway carries it: what came in, made calls; what came out, made answers."""
