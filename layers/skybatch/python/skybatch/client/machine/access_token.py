"""The token by which a private service knows its users: given, or printed by a command.

``SKYBATCH_TOKEN`` holds one; ``SKYBATCH_TOKEN_COMMAND``, or ``token_command`` of the configuration file, is a
command that prints one, such as an OpenID Connect client of your institute. It is run when the first token is
needed, and again when the service refuses the token it gave, as expired ones are.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from skybatch.client.tables.refusals import refused

VARIABLE = "SKYBATCH_TOKEN"
COMMAND_VARIABLE = "SKYBATCH_TOKEN_COMMAND"
COMMAND_SECONDS = 300  # somebody may have to log in meanwhile

# Returns a token; called again where the service refused the one before.
TokenCommand = Callable[[], str]


class AccessToken:
    """The token of one server, empty where it asks for none. Safe to use from several threads.

    Parameters
    ----------
    token
        A token as it is, or what returns one.
    """

    def __init__(self, token: str | TokenCommand = "") -> None:
        self._command = token if callable(token) else None
        self._token = "" if callable(token) else token.strip()
        self._lock = threading.Lock()

    def headers(self, url: str) -> dict[str, str]:
        """Return the header that carries the token to a server.

        Raises
        ------
        InvalidRequest
            Others could read the token on its way: the server is not this machine, and has no TLS.
        """
        token = self._current()
        if not token:
            return {}
        if not is_confidential(url):
            raise refused("server", url, "must begin with https:// where a token is sent to it")
        return {"Authorization": f"Bearer {token}"}

    def renewed(self, headers: Mapping[str, str]) -> bool:
        """Whether there is another token than that of the headers, which the server refused."""
        if self._command is None:
            return False
        with self._lock:
            if headers.get("Authorization") == f"Bearer {self._token}":
                self._token = self._command().strip()
            return headers.get("Authorization") != f"Bearer {self._token}"

    def _current(self) -> str:
        with self._lock:
            if not self._token and self._command is not None:
                self._token = self._command().strip()
            return self._token


def access_token(
    token: str | TokenCommand | None, configured: str, environment: Mapping[str, str] | None = None
) -> AccessToken:
    """Return the token of the argument, else of the environment, else of the configuration's command.

    An empty argument is no token, whatever else says.
    """
    env = os.environ if environment is None else environment
    if token is not None:
        return AccessToken(token)
    if env.get(VARIABLE):
        return AccessToken(env[VARIABLE])
    command = env.get(COMMAND_VARIABLE) or configured
    return AccessToken((lambda: printed_by(command)) if command else "")


def printed_by(command: str) -> str:
    """Run a command and return the token that it prints, its last line that is not empty.

    What it writes to standard error, such as the address of a login page, is shown. Errors name the program
    alone: its arguments may hold a secret, and errors stand in logs.

    Raises
    ------
    InvalidRequest
        It cannot be run, fails, or prints nothing.
    """
    program = command.strip().partition(" ")[0]
    try:
        words = shlex.split(command)
        done = subprocess.run(  # noqa: S603  the user's own command, without a shell
            words, stdout=subprocess.PIPE, text=True, timeout=COMMAND_SECONDS, check=True
        )
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        raise refused("token_command", program, f"must print a token: {_reason(error)}") from None
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    if not lines:
        raise refused("token_command", program, "must print a token; it printed nothing")
    return lines[-1]


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ended with {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it did not end within {COMMAND_SECONDS} s"
    return str(getattr(error, "strerror", None) or error)


def is_confidential(url: str) -> bool:
    """Whether nobody between here and a server can read what is sent to it."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
