"""Generate the OpenAPI document that the API serves: ``make openapi``, and ``make package`` on its way."""

from __future__ import annotations

import json

from skybatch.api.openapi.document import PUBLISHED, openapi_document


def generated() -> str:
    """Return the text of the document as it is kept."""
    return json.dumps(openapi_document(), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the document beside the module that serves it."""
    text = generated()
    PUBLISHED.write_text(text, "utf-8")
    print(f"{PUBLISHED.name}: {len(text):,} characters")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
