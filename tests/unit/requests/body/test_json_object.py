"""A posted JSON object: what is refused, and that the error shows what is right."""

from __future__ import annotations

import pytest

from skybatch.errors import MalformedRequest
from skybatch.requests.body.json_object import read_json_object

EXAMPLE = '{"what": "failed"}'


def test_an_object_is_read() -> None:
    assert read_json_object(b'{"what": "failed", "n": 1.5}', EXAMPLE) == {"what": "failed", "n": 1.5}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[1]", r'must be a JSON object, such as \{"what": "failed"\}\.'),
        (b"null", "must be a JSON object"),
        (b"{", "is not JSON"),
        (b"\xff\xfe{", "is not JSON"),
        (b'{"what": NaN}', "is not JSON: NaN is no JSON number"),
        (b'{"what": -Infinity}', "is not JSON: -Infinity is no JSON number"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_anything_else_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(MalformedRequest, match=reason):
        read_json_object(body, EXAMPLE)
