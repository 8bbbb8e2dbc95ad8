"""Tables as callers have them, encoded for upload."""
