"""One example of each mode of the default survey, as the form fills it in: its description's own."""

from __future__ import annotations

from skybatch.surveys.known import default_survey

EXAMPLES = default_survey().requests.example
