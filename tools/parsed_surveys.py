"""Write the packaged descriptions that functions read when they start as JSON too, which is read sooner."""

from __future__ import annotations

import json
import tomllib

from skybatch.surveys.catalogue import DEFAULT_SURVEY, packaged_description, parsed_file

PARSED = (DEFAULT_SURVEY,)


def parsed(survey: str) -> str:
    """Return what the description says, as JSON."""
    return json.dumps(tomllib.loads(packaged_description(survey)), ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    for survey in PARSED:
        parsed_file(survey).write_text(parsed(survey), "utf-8")
