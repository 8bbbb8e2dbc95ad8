"""``python -m local.serve``: the whole service on this machine, until Ctrl-C.

Environment: ``PORT`` (8080), ``ARCHIVE`` a folder of FITS images instead of the sample sky, in the
archive's layout or any other, which stays as it is,
``PARAMS`` template parameters as in ``MaxBatchBytes=1000000 MaxRows=100``, ``SURVEYS`` the surveys of the
sample sky, all of them if it is empty: ``2mass``, ``allwise``, or both with a comma between.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from local.deploy import ROOT, DeployFailed
from local.emulator import EmulatorFailed
from local.mailbox import Email
from local.stack import SURVEYS, Plan, Sky, running_stack
from skybatch.errors import SkybatchError

DEFAULT_PORT = 8080
WATCH_SECONDS = 1.0


def main() -> int:
    """Serve until told to stop; 1 with one line of reason where that cannot be."""
    arguments = argparse.ArgumentParser(prog="python -m local.serve", description=__doc__)
    arguments.add_argument("--fields", choices=["all", "few"], default="all", help="size of the sample sky")
    few = arguments.parse_args().fields == "few"
    stop_on_signals()
    try:
        serve(_plan(few=few))
    except KeyboardInterrupt:
        say("stopped")
        return 0
    except EmulatorFailed as error:
        print(f"skybatch cannot serve on: {error}", file=sys.stderr)
        return 1
    except (OSError, ValueError, DeployFailed, SkybatchError) as error:
        print(f"skybatch cannot serve: {error}", file=sys.stderr)
        return 1
    except service_errors() as error:  # with pages of debug output
        print(f"skybatch cannot serve: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


def service_errors() -> tuple[type[Exception], ...]:
    """Return the errors of what talks to the emulator, which may end while it is being filled."""
    from botocore.exceptions import BotoCoreError, ClientError
    from obstore.exceptions import BaseError

    return BotoCoreError, ClientError, BaseError


def serve(plan: Plan) -> None:
    """Run the service until KeyboardInterrupt. Raises EmulatorFailed where the emulator ends before."""
    say(f"run directory: {plan.folder} (log and emails)")
    with running_stack(plan, say=say, on_email=show_email) as stack:
        say(f"skybatch is serving at {stack.url}")
        while True:
            threading.Event().wait(WATCH_SECONDS)
            stack.emulator.check_running()


def stop_on_signals() -> None:
    """Let SIGINT, SIGTERM and SIGHUP end the program cleanly, once: later ones wait for the clean-up."""
    handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for name in handled:
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in handled:
        signal.signal(name, stop)


def template_parameters(text: str) -> dict[str, str]:
    """``A=1 B='two words'`` as a mapping; ValueError for a word without an equals sign."""
    words = shlex.split(text)
    wrong = [word for word in words if "=" not in word.lstrip("=")]
    if wrong:
        raise ValueError(f"PARAMS has the form 'Name=value Name=value'; not so: {' '.join(wrong)}")
    return dict(word.split("=", 1) for word in words)


def archive_folder(text: str) -> Path:
    """Return the folder that ``ARCHIVE`` names. ValueError for what can be no folder."""
    try:
        return Path(text).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:  # another's home, links in a circle, a null
        raise ValueError(f"ARCHIVE is {text!r}, which can be no folder: {error}") from error


def port_number(text: str) -> int:
    """Return the port that ``PORT`` gives; 0 is any free one. ValueError for what is none."""
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise ValueError(f"PORT is {text!r}, and must be a number from 0 to 65535")
    return int(text)


def survey_names(text: str) -> tuple[str, ...]:
    """Return the surveys that ``SURVEYS`` gives, all for an empty text. ValueError for unknown ones."""
    names = tuple(dict.fromkeys(text.replace(",", " ").split())) or SURVEYS
    if unknown := [name for name in names if name not in SURVEYS]:
        raise ValueError(f"SURVEYS has {', '.join(unknown)}; the sample sky has {', '.join(SURVEYS)}")
    return names


def run_folder(kind: str) -> Path:
    """Create a folder for this run below build/runs."""
    return ROOT / "build" / "runs" / f"{time.strftime('%Y%m%dT%H%M%S')}-{kind}-{os.getpid()}"


def _plan(*, few: bool) -> Plan:
    archive = os.environ.get("ARCHIVE", "")
    return Plan(
        folder=run_folder("serve"),
        archive=archive_folder(archive) if archive else None,
        sky=Sky(survey_names(os.environ.get("SURVEYS", "")), few=few),
        port=port_number(os.environ.get("PORT") or str(DEFAULT_PORT)),
        parameters=template_parameters(os.environ.get("PARAMS", "")),
    )


def show_email(email: Email, path: Path) -> None:
    """Print an email and where it is kept."""
    say(f"\nemail to {', '.join(email.to)}, kept as {path}\nSubject: {email.subject}\n\n{email.text}")


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
