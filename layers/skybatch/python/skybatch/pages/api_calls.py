"""Calls of the API as they are shown: an address, a body, and the same as curl and as Python."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
LINE = 90
TEXT_SHOWN = 2000  # characters of an answer that the Python example prints


@dataclass(frozen=True)
class Call:
    """One call, with values for all that it needs.

    Attributes
    ----------
    verb, url
        The method in capitals, and the whole address with its query.
    body, media_type
        A JSON value, or the fields of a form; None for no body.
    answer
        What comes back: ``json``, ``text``, ``file`` or ``nothing``.
    file_name
        The name under which curl keeps a file.
    private
        Whether the call needs a token.
    """

    verb: str
    url: str
    body: Any = None
    media_type: str = ""
    answer: str = "text"
    file_name: str = ""
    private: bool = False

    @property
    def body_text(self) -> str:
        """The body as it is sent."""
        if self.body is None:
            return ""
        if self.media_type == FORM:
            return urlencode(self.body, quote_via=quote)
        return json.dumps(self.body, indent=1, ensure_ascii=False)


def address(server: str, path: str, values: Mapping[str, str], query: Mapping[str, str]) -> str:
    """Return the address of a path template with its parameters; what it lacks stays in braces."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(value, safe="/"))
    return f"{server}{path}" + (f"?{urlencode(query, quote_via=quote, safe=',')}" if query else "")


def as_curl(call: Call) -> str:
    """Return a call as a shell command."""
    words = ["curl"]
    if call.private:
        words.append('--header "Authorization: Bearer $SKYBATCH_TOKEN"')
    if call.verb == "HEAD":
        words.append("--head")
    if call.answer == "file" and call.verb != "HEAD":
        words.append(f"--location --output {shlex.quote(call.file_name)}")
    if call.media_type == FORM and call.body is not None:
        words += [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in call.body.items()]
    elif call.body is not None:
        words += [f"--header {shlex.quote(f'Content-Type: {JSON}')}", f"--data {shlex.quote(call.body_text)}"]
    elif call.verb == "POST":
        words.append("--request POST")
    return _on_lines([*words, shlex.quote(call.url)])


def _on_lines(words: list[str]) -> str:
    """Return a command on one line where it is short, else each option on its own."""
    short = " ".join(words)
    return short if len(short) <= LINE and "\n" not in short else " \\\n  ".join(words)


def as_python(call: Call) -> str:
    """Return a call as a program that needs the standard library alone."""
    imports = [*(["import json"] if _uses_json(call) else []), *(["import os"] if call.private else [])]
    lines = [*imports, "import urllib.request", ""]
    data, headers = "None", {}
    if call.body is not None and call.media_type == FORM:
        lines += ["import urllib.parse", f"fields = {call.body!r}"]
        data, headers = "urllib.parse.urlencode(fields).encode()", {"Content-Type": FORM}
    elif call.body is not None:
        lines.append(f"body = {_literal(call.body)}")
        data, headers = "json.dumps(body).encode()", {"Content-Type": JSON}
    shown = ", ".join(f"{name!r}: {value!r}" for name, value in headers.items())
    token = "'Authorization': 'Bearer ' + os.environ['SKYBATCH_TOKEN']"  # noqa: S105  of the reader's environment
    given = "{" + ", ".join(filter(None, [shown, token if call.private else ""])) + "}"
    method = f", method={call.verb!r}" if call.verb != "GET" and call.body is None else ""
    lines += [
        f"request = urllib.request.Request({call.url!r}, {data}, {given}{method})",
        "with urllib.request.urlopen(request) as answer:",
        f"    {_printed(call)}",
    ]
    return "\n".join(_sorted_imports(lines))


def _sorted_imports(lines: list[str]) -> list[str]:
    """Put the imports first."""
    imports = sorted(line for line in lines if line.startswith("import "))
    return [*imports, *(line for line in lines if not line.startswith("import "))]


def _uses_json(call: Call) -> bool:
    return call.answer == "json" or (call.body is not None and call.media_type != FORM)


def _literal(body: Any) -> str:
    """Return a JSON value as Python writes it, a table a line at a time."""
    parts = [f"    {name!r}: {value!r}," for name, value in body.items()]
    return "\n".join(["{", *parts, "}"]) if parts else "{}"


def _printed(call: Call) -> str:
    if call.verb == "HEAD" or call.answer == "nothing":
        return "print(answer.status, dict(answer.headers))"
    return {
        "json": "print(json.dumps(json.load(answer), indent=1))",
        "file": f"print(open({call.file_name!r}, 'wb').write(answer.read()), 'bytes')",
        "text": f"print(answer.read().decode()[:{TEXT_SHOWN}])",
    }[call.answer]
