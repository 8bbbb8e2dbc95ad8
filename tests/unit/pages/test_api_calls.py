"""Calls as curl and Python: judged by the shell and by Python's parser."""

from __future__ import annotations

import ast
import json
import subprocess
from urllib.parse import parse_qs

import pytest

from skybatch.pages.api_calls import FORM, JSON, Call, address, as_curl, as_python

URL = "https://sky.example.org/plans"
TYPED = ["it's", '"x"', "$HOME `id`", "é ☆", "a b&c=d"]


def arguments(command: str) -> list[str]:
    """The words that a shell gives curl."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{command}\n"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env={"SKYBATCH_TOKEN": "t"})
    return ran.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("typed", TYPED)
def test_a_body_reaches_curl_and_python_as_it_is(typed: str) -> None:
    call = Call("POST", URL, {"label": typed, "best": True}, JSON, "json")
    words = arguments(as_curl(call))
    assert json.loads(words[words.index("--data") + 1]) == call.body
    body = next(each for each in ast.walk(ast.parse(as_python(call))) if isinstance(each, ast.Assign))
    assert ast.literal_eval(body.value) == call.body


@pytest.mark.parametrize("typed", TYPED)
def test_a_form_is_encoded_once(typed: str) -> None:
    call = Call("POST", URL, {"POS": typed}, FORM)
    assert f"POS={typed}" in arguments(as_curl(call))
    assert parse_qs(call.body_text) == {"POS": [typed]}


def test_files_are_kept_heads_are_asked_for_and_tokens_are_sent() -> None:
    kept = arguments(as_curl(Call("GET", URL, answer="file", file_name="a b")))
    assert kept == ["--location", "--output", "a b", URL]
    assert arguments(as_curl(Call("HEAD", URL, answer="nothing"))) == ["--head", URL]
    assert arguments(as_curl(Call("POST", URL, answer="nothing"))) == ["--request", "POST", URL]
    assert "Authorization: Bearer t" in arguments(as_curl(Call("GET", URL, private=True)))
    assert "os.environ['SKYBATCH_TOKEN']" in as_python(Call("GET", URL, private=True))


def test_an_address_keeps_what_it_lacks_in_braces() -> None:
    path, server = "/batches/{id}/files/{name}", "https://sky.example.org"
    assert address(server, path, {"name": "a b"}, {}) == f"{server}/batches/{{id}}/files/a%20b"
    assert address(server, "/q", {}, {"POS": "1,2 3"}) == f"{server}/q?POS=1,2%203"
