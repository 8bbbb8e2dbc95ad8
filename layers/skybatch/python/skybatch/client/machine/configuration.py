"""The configuration file: ``~/.config/skybatch/config.toml``, or the file that ``SKYBATCH_CONFIG`` names.

::

    server = "https://sky.example.org"
    email = "you@example.org"    # of `skybatch submit`
    in_flight = 8                # simultaneous transfers
    history = true               # whether `skybatch list` is told of submissions
    token_command = "…"          # prints a token of that server, where it is private

A variable or an option that says otherwise takes precedence.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from skybatch.client.tables.refusals import refused

VARIABLE = "SKYBATCH_CONFIG"
MAX_IN_FLIGHT = 32


@dataclass(frozen=True)
class Configuration:
    """The keys of the file; a text is empty where the file says nothing."""

    server: str = ""
    email: str = ""
    in_flight: int = 8
    history: bool = True
    token_command: str = ""


def configuration_path(environment: Mapping[str, str] | None = None) -> Path:
    """Return the path of the configuration file, which need not exist."""
    env = os.environ if environment is None else environment
    if env.get(VARIABLE):
        return Path(env[VARIABLE]).expanduser()
    folder = env.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(folder).expanduser() / "skybatch" / "config.toml"


def read_configuration(environment: Mapping[str, str] | None = None) -> Configuration:
    """Read the configuration file; one that is not there says nothing.

    Raises
    ------
    InvalidRequest
        The file is no TOML, or a key is unknown, of another type or out of its range.
    """
    path = configuration_path(environment)
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Configuration()
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise refused(str(path), "", f"must be TOML: {error}") from None
    kinds = {field.name: type(field.default) for field in fields(Configuration)}
    for name, value in found.items():
        if name not in kinds:
            raise refused(f"{path}: {name}", value, f"is no key; the keys are {', '.join(kinds)}")
        if type(value) is not kinds[name]:
            raise refused(f"{path}: {name}", value, f"must be of type {kinds[name].__name__}")
    if not 1 <= found.get("in_flight", 1) <= MAX_IN_FLIGHT:
        raise refused(f"{path}: in_flight", found["in_flight"], f"must be between 1 and {MAX_IN_FLIGHT}")
    return Configuration(**found)
