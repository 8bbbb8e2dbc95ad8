"""The configuration file: where it is, what it may say, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.client.machine.configuration import Configuration, configuration_path, read_configuration
from skybatch.errors import InvalidRequest


def test_the_file_is_named_by_a_variable_or_lies_among_the_users_own() -> None:
    assert configuration_path({"SKYBATCH_CONFIG": "/a/b.toml"}) == Path("/a/b.toml")
    assert configuration_path({"XDG_CONFIG_HOME": "/c"}) == Path("/c/skybatch/config.toml")
    assert configuration_path({}) == Path("~/.config/skybatch/config.toml").expanduser()


def test_keys_are_read_and_the_rest_keeps_its_default(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('server = "https://x"\nin_flight = 2\n')
    assert read_configuration({"SKYBATCH_CONFIG": str(file)}) == Configuration("https://x", in_flight=2)
    assert read_configuration({"SKYBATCH_CONFIG": str(tmp_path / "none")}) == Configuration()


@pytest.mark.parametrize(
    "text",
    [
        *("server = 1", "sever = 'x'", "in_flight = true", "in_flight = 0", "in_flight = 33"),
        *("server = ", "email = 'é@example.org'"),
    ],
)
def test_anything_else_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, "latin-1")
    with pytest.raises(InvalidRequest, match=r"config\.toml"):
        read_configuration({"SKYBATCH_CONFIG": str(file)})
