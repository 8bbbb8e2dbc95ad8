"""ObsCore (IVOA ObsCore 1.1): its columns, and what a survey's description says for them."""
