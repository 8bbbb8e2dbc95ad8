"""Look-ups over one immutable version of a data set's inventory, and how versions are written."""
