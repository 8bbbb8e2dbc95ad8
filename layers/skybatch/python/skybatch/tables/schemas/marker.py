"""The marker by which a table of this service is known when it is posted back."""

from __future__ import annotations

TABLE_MARKER = "skybatch"
TABLE_MARKER_VERSION = "1"  # of the layout
TABLE_MARKER_WITH_SURVEYS = "2"  # of tables that name survey and image set of each image
