"""A request becomes a plan: names resolved, image sets matched, files drafted and named."""
