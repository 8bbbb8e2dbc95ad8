"""The pages of the documentation site that are made of the code: the Python reference and the HTTP API.

The site's configuration, ``docs/site/conf.py``, calls this before it reads any page.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from skybatch import client
from skybatch.api.openapi.document import openapi_document

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "layers" / "skybatch" / "python" / "skybatch"
VERBS = ("get", "post", "delete")

Spec = Mapping[str, Any]


def write_pages(folder: Path) -> None:
    """Write every page below ``folder`` that is new or changed, and remove what is no page any more."""
    made = pages()
    for path in folder.rglob("*.*"):
        if path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def pages() -> dict[str, str]:
    """Return the text of each page by its path."""
    rooms = {f"python/{room.replace('/', '.')}.rst": room_page(room) for room in rooms_of_package()}
    return {
        "http-api.md": http_api_page(openapi_document()),
        "client.rst": client_page(),
        "python/index.rst": contents_page("The package, folder by folder", rooms),
        **rooms,
    }


def client_page() -> str:
    """Return the page of what the Python client promises."""
    lines = [
        *heading("Python client"),
        "What ``from skybatch import …`` gives, and what stays as it is within a version.",
    ]
    names = sorted(
        client.__all__, key=lambda name: (name != "Client", issubclass(getattr(client, name), Exception))
    )
    for name in names:
        lines += ["", f".. autoclass:: skybatch.client.{name}", "   :members:"]
        lines += ["   :inherited-members:"] if name == "Client" else ["   :show-inheritance:"]
    return text_of(lines)


def rooms_of_package() -> list[str]:
    """List the folders of the package that hold code, by their paths; the client has a page of its own."""
    folders = sorted({file.parent for file in PACKAGE.rglob("*.py")} - {PACKAGE, PACKAGE / "client"})
    return [folder.relative_to(PACKAGE).as_posix() for folder in folders if list(modules_of(folder))]


def modules_of(folder: Path) -> Iterator[str]:
    """List the modules of a folder, as they are imported."""
    for file in sorted(folder.glob("*.py")):
        if not file.stem.startswith("__"):
            yield ".".join(("skybatch", *file.relative_to(PACKAGE).with_suffix("").parts))


def room_page(room: str) -> str:
    """Return the page of a folder: what it is about, then its modules in turn."""
    about = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))) or ""
    lines = [*heading(f"skybatch.{room.replace('/', '.')}"), about]
    for module in modules_of(PACKAGE / room):
        lines += ["", *heading(module.rpartition(".")[2], "-"), f".. automodule:: {module}", "   :members:"]
    return text_of(lines)


def contents_page(title: str, names: Mapping[str, str]) -> str:
    """Return a page that lists others of its folder."""
    listed = (f"   {Path(name).stem}" for name in names)
    return text_of([*heading(title), ".. toctree::", "   :maxdepth: 1", "", *listed])


def http_api_page(document: Spec) -> str:
    """Return the page of the HTTP API: each operation with its parameters and responses, by subject."""
    lines = [
        "# HTTP API",
        "",
        "Made of the OpenAPI document that each service has at `/openapi.json` and shows at `/docs`.",
    ]
    for tag in document["tags"]:
        lines += ["", f"## {tag['name'].capitalize()}", "", tag["description"]]
        for path, item in document["paths"].items():
            for verb in VERBS:
                if verb in item and tag["name"] in item[verb]["tags"]:
                    lines += operation_lines(verb, path, item[verb], item.get("parameters", []))
    return text_of(lines)


def operation_lines(verb: str, path: str, operation: Spec, of_path: list[Spec]) -> Iterator[str]:
    """Yield the lines of one operation."""
    yield from ("", f"### `{verb.upper()} {path}`", "", operation["description"])
    parameters = [*of_path, *operation.get("parameters", [])]
    if parameters:
        yield from ("", "| parameter | in | meaning |", "|---|---|---|")
        for each in parameters:
            yield f"| `{each['name']}` | {each['in']} | {cell(each.get('description', ''))} |"
    yield from ("", "| status | meaning |", "|---|---|")
    for status, response in sorted(operation["responses"].items()):
        yield f"| {status} | {cell(response['description'])} |"


def cell(text: str) -> str:
    """Return text as a cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())


def heading(title: str, line: str = "=") -> list[str]:
    """Return a heading of reStructuredText."""
    return [title, line * len(title), ""]


def text_of(lines: list[str]) -> str:
    """Join lines to a file."""
    return "\n".join(lines) + "\n"
