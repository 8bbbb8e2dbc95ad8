"""The commands of a request, as the form's script writes them: run by Node, judged by bash and Python."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from typing import Any

import pytest

from skybatch.pages.environment import inlined
from skybatch.pages.form import form_page
from skybatch.settings import Settings
from tests.support.html import Page

DEFAULTS = {"bands": ["J", "H", "K"], "form": "fits.gz"}
SERVER = "https://sky.example.org/path"
VALUES = {"mode": "region", "bands": ["J", "H", "K"], "form": "fits.gz", "image_type": "atlas"}

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def commands(table: str = "", file: str = "", header: str = "", **values: Any) -> dict[str, str]:
    """Return what the script writes for the values of a form."""
    given = [SERVER, {**VALUES, **values}, {"text": table, "file": file}, {**DEFAULTS, "header": header}]
    call = f"console.log(JSON.stringify(requestCommands(...{json.dumps(given)})))"
    program = f"{inlined('request_commands.js')}\n{call}"
    ran = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=True)
    return dict(json.loads(ran.stdout))


def words(command: str, program: str) -> tuple[list[str], str]:
    """Return the arguments and the standard input that a shell gives a program."""
    script = f"{program}() {{ printf '%s\\0' \"$@\"; printf '\\n--\\n'; [ -t 0 ] || cat; }}\n{command}\n"
    ran = subprocess.run(
        ["bash"], input=script.encode(), capture_output=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    arguments, _, stdin = ran.stdout.decode().partition("\n--\n")
    return arguments.split("\0")[:-1], stdin


NASTY = [
    "it's",
    '"quoted"',
    "$HOME `id` $(id)",
    "a\\b",
    "-29.8",
    "é ☆ 🔭",
    "a;b&c|d",
    "@file",
    "<file",
    "x;type=y",
]


@pytest.mark.parametrize("typed", NASTY)
def test_what_is_typed_reaches_each_program_as_it_is(typed: str) -> None:
    shown = commands(center=typed, diameter="0.5", label=typed)
    of_curl, _ = words(shown["curl"], "curl")
    assert of_curl.count(f"center={typed}") == of_curl.count(f"label={typed}") == 1
    assert set(of_curl[:-1:2]) == {"--form-string"}
    of_shell, _ = words(shown["shell"], "skybatch")
    assert {f"--center={typed}", f"--label={typed}"} <= set(of_shell)
    assert keywords(shown["Python"])["center"] == typed


def keywords(program: str) -> dict[str, Any]:
    """Return the keyword arguments of ``client.run`` in a program that parses."""
    calls = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call)]
    (run,) = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "run"]
    return {each.arg or "": ast.literal_eval(each.value) for each in run.keywords}


@pytest.mark.parametrize(
    "table",
    ["ra,dec\n1,2\n", "ra,dec\n1,2", "id\nTABLE\nTABLE_\n", "a\\b\n$HOME `id`\n", "name\n\"'''\"\n", "é\n"],
)
def test_a_table_reaches_each_program_as_it_is(table: str) -> None:
    shown = commands(table, mode="positions")
    ended = table if table.endswith("\n") else f"{table}\n"
    assert words(shown["curl"], "curl")[1] == ended
    assert words(shown["shell"], "skybatch")[1] == ended
    assigned = next(node for node in ast.walk(ast.parse(shown["Python"])) if isinstance(node, ast.Assign))
    assert isinstance(assigned.value, ast.Call)
    assert isinstance(assigned.value.func, ast.Attribute)
    assert ast.literal_eval(assigned.value.func.value) == ended


def test_only_what_differs_from_the_defaults_is_named() -> None:
    shown = commands(
        center="m83", diameter="0.25", relation="overlap", edge="clip", best="false", date="971031"
    )
    assert keywords(shown["Python"]) == {"mode": "region", "center": "m83", "diameter": "0.25"}
    shown = commands(
        mode="scan", date="971031", hemisphere="n", scan="96", bands=["J", "K"], survey="2mass-sx"
    )
    assert keywords(shown["Python"]) == {
        "mode": "scan",
        **{"date": "971031", "hemisphere": "n", "scan": "96", "bands": ["J", "K"], "survey": "2mass-sx"},
    }
    shown = commands(mode="positions", best="true", image_type="quicklook", decompress="false", form="fits")
    of_shell, _ = words(shown["shell"].replace("table.txt", ""), "skybatch")
    assert {"--best", "--compressed", "--image-type=quicklook"} <= set(of_shell)
    assert keywords(shown["Python"])["decompress"] is False


def test_a_long_table_is_named_as_a_file() -> None:
    shown = commands("x" * 100_001, mode="coadd_keys")
    assert "table.txt" in shown["note"]
    assert words(shown["shell"], "skybatch")[0][3:5] == ["table.txt", "--mode"]


def test_a_private_service_is_asked_with_a_token() -> None:
    page = Page(form_page(Settings(jwt_issuer="https://issuer.example")))
    header = page.one("details", id="commands").attributes["data-header"]
    assert 'Bearer $SKYBATCH_TOKEN"' in commands(center="m83", header=header)["curl"]
    assert "Bearer" not in commands(center="m83")["curl"]
