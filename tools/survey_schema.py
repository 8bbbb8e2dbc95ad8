"""Write ``docs/survey.schema.json``, the JSON Schema of descriptions of surveys."""

from __future__ import annotations

import json
from pathlib import Path

from skybatch.surveys.description.json_schema import survey_schema

PUBLISHED = Path(__file__).resolve().parents[1] / "docs" / "survey.schema.json"


def published_schema() -> str:
    """Return the schema as it is published."""
    return json.dumps(survey_schema(), indent=1) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(published_schema())
