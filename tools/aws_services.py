"""The AWS services that the code asks boto3 for, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path


def services_used(sources: Iterable[Path]) -> list[str]:
    """List the names given to ``client(...)`` in these files: ``["s3", "sqs", ...]``.

    Raises ValueError for a call whose service is not a literal, since it cannot be known here.
    """
    return sorted({name for source in sources for name in _named(source)})


def _named(source: Path) -> Iterator[str]:
    tree = ast.parse(source.read_text(), str(source))
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "skybatch.storage.clients"
        for alias in node.names
    }
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    known = (imported | defined) & {"client"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            yield _literal(node, source)


def _literal(call: ast.Call, source: Path) -> str:
    argument = call.args[0] if call.args else None
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise ValueError(f"{source}, line {call.lineno}: the service is no literal")
