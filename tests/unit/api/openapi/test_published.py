"""What a deployment fills into the published document."""

from __future__ import annotations

import json
import re

from skybatch.api.openapi.published import published_document
from skybatch.settings import Settings


def test_the_server_is_the_address_by_which_the_service_was_reached() -> None:
    url = 'https://sky.example.org/"stage"'
    assert published_document(Settings(), url)["servers"] == [{"url": url}]


def test_the_limits_are_those_of_the_deployment() -> None:
    document = published_document(Settings(max_rows=77, max_upload_bytes=1234567), "https://x.example")
    table = document["components"]["schemas"]["BatchRequest"]["properties"]["table"]
    assert {"77", "1,234,567"} <= set(re.findall(r"\d[\d,]*", table["description"]))


def test_no_placeholder_is_left() -> None:
    document = published_document(Settings(), "https://x.example")
    del document["paths"]  # whose templates have braces of their own
    assert not re.search(r"\{[a-z]\w*\}", json.dumps(document))
