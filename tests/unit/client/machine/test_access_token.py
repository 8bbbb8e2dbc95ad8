"""A token goes to its server alone, over a line that nobody reads, and is renewed when it is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.client import Client
from skybatch.client.exceptions import TokenRefused
from skybatch.client.machine.access_token import AccessToken, access_token, is_confidential, printed_by
from skybatch.errors import InvalidRequest
from tests.support.servers.fake_server import FakeServer, Fault, Handler, fake_server
from tests.support.servers.fake_server_faults import respond, times
from tests.support.servers.made_batches import BATCH_ID, MadeBatch
from tests.unit.client.conftest import QUICK

HERE = "https://sky.example.org"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with fake_server() as fake:
        fake.batches[BATCH_ID] = MadeBatch({"0001_990101n_j0010009.fits": b"image"})
        yield fake


def only(*tokens: str, path: str = "") -> Fault:
    """Answer requests of a path without one of the tokens as API Gateway does."""

    def fault(handler: Handler) -> bool:
        given = handler.headers.get("Authorization", "")
        if path not in handler.path or given in {f"Bearer {token}" for token in tokens}:
            return False
        handler.answer(401, b'{"message":"Unauthorized"}', {"Content-Type": "application/json"})
        return True

    return fault


def command(tmp_path: Path, *tokens: str) -> str:
    """A program that prints the next token each time it is run."""
    program = tmp_path / "next.py"
    (tmp_path / "runs").write_text("")
    program.write_text(
        "import pathlib, sys\n"
        f"runs = pathlib.Path({str(tmp_path / 'runs')!r})\n"
        "runs.write_text(runs.read_text() + 'x')\n"
        "print('open this page', file=sys.stderr)\n"
        f"print({list(tokens)!r}[len(runs.read_text()) - 1])\n"
    )
    return f"{sys.executable} {program}"


def runs(tmp_path: Path) -> int:
    return len((tmp_path / "runs").read_text())


# Where it comes from ------------------------------------------------------------------------------------


def test_the_argument_then_the_variables_then_the_file(tmp_path: Path) -> None:
    say = command(tmp_path, *"abcd")
    both = {"SKYBATCH_TOKEN": "env", "SKYBATCH_TOKEN_COMMAND": say}
    assert access_token("given", "", both).headers(HERE) == {"Authorization": "Bearer given"}
    assert access_token(None, "", both).headers(HERE) == {"Authorization": "Bearer env"}
    assert (
        access_token(None, "", {"SKYBATCH_TOKEN_COMMAND": say}).headers(HERE)["Authorization"] == "Bearer a"
    )
    assert access_token(None, say, {}).headers(HERE)["Authorization"] == "Bearer b"
    assert access_token(None, "", {}).headers(HERE) == {}
    assert access_token("", say, both).headers(HERE) == {}
    assert runs(tmp_path) == 2


@pytest.mark.parametrize(
    "words",
    [
        "no-such-program-here",
        f"{sys.executable} -c 'raise SystemExit(3)'",
        f"{sys.executable} -c 'print()'",
        "unbalanced 'quote",
        "''",
    ],
)
def test_a_command_that_gives_no_token_is_named(words: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        printed_by(words)
    assert raised.value.errors[0].column == "token_command"


@pytest.mark.parametrize("program", ["no-such-program-here", f"{sys.executable} -c 'raise SystemExit(3)'"])
def test_its_arguments_stand_in_no_error(program: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        printed_by(f"{program} --secret=hunter2")
    assert raised.value.errors[0].value == program.split()[0]
    assert "hunter2" not in raised.value.detail


def test_the_last_line_is_the_token() -> None:
    assert printed_by(f"{sys.executable} -c 'print(1); print(2); print()'") == "2"


# Where it goes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://sky.example.org", "http://10.0.0.1", "http://127.0.0.1.example.org"])
def test_a_token_is_not_sent_where_others_can_read_it(url: str) -> None:
    assert not is_confidential(url)
    with pytest.raises(InvalidRequest):
        AccessToken("secret").headers(url)
    assert AccessToken().headers(url) == {}


@pytest.mark.parametrize(
    "url", [HERE, "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:8080", "http://127.8.9.1"]
)
def test_it_is_sent_over_tls_and_within_this_machine(url: str) -> None:
    assert is_confidential(url)


def test_presigned_urls_are_asked_for_without_it(server: FakeServer, tmp_path: Path) -> None:
    """S3 refuses a request of two authorizations."""
    with Client(server.url, retry=QUICK, token="secret") as client:
        client.download(BATCH_ID, tmp_path / "results")
    with_it = {seen.path.split("/")[1] for seen in server.seen if "authorization" in seen.headers}
    without = {seen.path.split("/")[1] for seen in server.seen if "authorization" not in seen.headers}
    assert (with_it, without) == ({"batches"}, {"signed"})


def test_another_host_that_the_server_redirects_to_is_not_sent_it(server: FakeServer) -> None:
    with fake_server() as other:
        other.batches[BATCH_ID] = server.batches[BATCH_ID]
        where = {"Location": f"{other.url}/batches/{BATCH_ID}"}
        server.faults = [times(1, "/moved", respond(302, b"", where))]
        with Client(server.url, retry=QUICK, token="secret") as client:
            client._transport.request_json("GET", "/moved")
        assert [seen.headers.get("authorization") for seen in server.seen] == ["Bearer secret"]
        assert [seen.headers.get("authorization") for seen in other.seen] == [None]


def test_a_command_of_the_file_is_for_the_files_server(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'server = "https://mine.example"\ntoken_command = "{command(tmp_path, "a")}"\n')
    monkeypatch.setenv("SKYBATCH_CONFIG", str(file))
    with Client(server.url, retry=QUICK) as client:
        client.status(BATCH_ID)
    assert runs(tmp_path) == 0
    file.write_text(file.read_text().replace("https://mine.example", server.url))
    with Client(server.url, retry=QUICK) as client:
        client.status(BATCH_ID)
    assert server.seen[-1].headers["authorization"] == "Bearer a"


# When it is refused -------------------------------------------------------------------------------------


def test_an_expired_token_is_renewed_once(server: FakeServer, tmp_path: Path) -> None:
    server.faults = [only("new")]
    say = command(tmp_path, "old", "new")
    with Client(server.url, retry=QUICK, token=lambda: printed_by(say)) as client:
        client.status(BATCH_ID)
        client.status(BATCH_ID)
    assert runs(tmp_path) == 2
    assert [seen.headers["authorization"][-3:] for seen in server.seen] == ["old", "new", "new"]


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_the_right_one_the_error_says_what_to_give(server: FakeServer, token: str) -> None:
    server.faults = [only("right")]
    with Client(server.url, retry=QUICK, token=token) as client, pytest.raises(TokenRefused) as raised:
        client.status(BATCH_ID)
    assert len(server.seen) == 1
    assert "SKYBATCH_TOKEN" in raised.value.detail


def test_a_command_that_gives_another_wrong_one_is_not_run_for_ever(
    server: FakeServer, tmp_path: Path
) -> None:
    server.faults = [only("right")]
    say = command(tmp_path, *"abcdef")
    with (
        Client(server.url, retry=QUICK, token=lambda: printed_by(say)) as client,
        pytest.raises(TokenRefused),
    ):
        client.status(BATCH_ID)
    assert (runs(tmp_path), len(server.seen)) == (2, 2)
