"""A small made AllWISE Atlas, as its public bucket has it: the same stars as the sample of 2MASS has."""
