"""Check, package and deploy the service: ``make deploy STACK=… CODE_BUCKET=… ARCHIVE=… MAIL_FROM=…``.

It runs the documented commands, and prints each before it runs, without secrets. The AWS CLI deploys, with
the operator's credentials and region; `skybatch preflight` looks first, and an error of it ends here: nothing
is made.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local.deploy import TEMPLATE
from local.serve import template_parameters
from local.template import load_template

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "build" / "package"
REQUIRED = ("STACK", "CODE_BUCKET", "ARCHIVE")


class DeploymentFailed(RuntimeError):
    """Something was not given, or a command failed; the text says which."""


@dataclass(frozen=True)
class Deployment:
    """What the variables of ``make deploy`` say: a stack, its bucket for code, and its parameters."""

    stack: str
    code_bucket: str
    archive: str
    parameters: Mapping[str, str]

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Deployment:
        """Read the variables; DeploymentFailed names those that are missing.

        ``ARCHIVE`` is a bucket, or ``s3://bucket/prefix``; ``PARAMS`` has the form of ``make serve``.
        """
        missing = [name for name in REQUIRED if not variables.get(name)]
        if missing:
            raise DeploymentFailed(f"make deploy wants {', '.join(f'{name}=…' for name in missing)}")
        bucket, _, prefix = variables["ARCHIVE"].removeprefix("s3://").partition("/")
        optional = {"MailFrom": "MAIL_FROM", "AlarmEmail": "ALARM_EMAIL"}
        parameters = {"ArchiveBucket": bucket}
        parameters |= {"ArchivePrefix": f"{prefix.strip('/')}/"} if prefix.strip("/") else {}
        parameters |= {name: variables[given] for name, given in optional.items() if variables.get(given)}
        parameters |= template_parameters(variables.get("PARAMS", ""))
        return cls(variables["STACK"], variables["CODE_BUCKET"], variables["ARCHIVE"], parameters)

    def preflight(self) -> list[str]:
        """Return the command that checks."""
        command = [sys.executable, "-m", "skybatch.cli", "preflight", "--stack", self.stack]
        command += ["--archive", self.archive, "--code-bucket", self.code_bucket]
        own = ("ArchiveBucket", "ArchivePrefix")
        given = [f"{name}={value}" for name, value in self.parameters.items() if name not in own]
        return command + [word for pair in given for word in ("--parameter", pair)]

    def package(self) -> list[str]:
        """Return the command that uploads the code."""
        return [
            *("aws", "cloudformation", "package", "--template-file", "template.yaml"),
            *("--s3-bucket", self.code_bucket, "--output-template-file", "packaged.yaml"),
        ]

    def deploy(self) -> list[str]:
        """Return the command that creates or updates the stack."""
        given = [f"{name}={value}" for name, value in self.parameters.items()]
        return [
            *("aws", "cloudformation", "deploy", "--template-file", "packaged.yaml"),
            *("--s3-bucket", self.code_bucket, "--stack-name", self.stack),
            *("--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset"),
            *("--parameter-overrides", *given),
        ]

    def outputs(self) -> list[str]:
        """Return the command that tells the stack's outputs."""
        query = ("--query", "Stacks[0].Outputs", "--output", "json")
        return ["aws", "cloudformation", "describe-stacks", "--stack-name", self.stack, *query]


def run(command: Sequence[str], folder: Path, *, quiet: bool = False) -> str:
    """Print a command and run it; return what it printed where ``quiet``. DeploymentFailed where it fails."""
    print(f"$ {shown(command)}", flush=True)
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(  # noqa: S603 (no shell)
        command, cwd=folder, env=_environment(), check=False, stdout=output, text=True
    )
    if done.returncode:
        raise DeploymentFailed(f"{shlex.join(command[:3])} ended with {done.returncode}")
    return done.stdout or ""


def shown(command: Sequence[str]) -> str:
    """Return a command as it may stand in a log: without the values that the template hides (NoEcho)."""
    hidden = tuple(f"{name}=" for name in _hidden_parameters())
    words = (f"{word.partition('=')[0]}=..." if word.startswith(hidden) else word for word in command)
    return shlex.join(words)


@cache
def _hidden_parameters() -> tuple[str, ...]:
    declared = load_template(TEMPLATE)["Parameters"]
    return tuple(name for name, each in declared.items() if each.get("NoEcho"))


def _environment() -> dict[str, str]:
    """Return the variables for the AWS CLI, whose version 1 knows the region by its older name alone."""
    region = os.environ.get("AWS_REGION")
    return dict(os.environ) | ({"AWS_DEFAULT_REGION": region} if region else {})


def main() -> int:
    """Check, package, deploy and say how to try it; 1, with the reason, where a step fails."""
    try:
        deployment = Deployment.of(os.environ)
        run(deployment.preflight(), ROOT)
        run(["make", "--no-print-directory", "package"], ROOT)
        run(deployment.package(), PACKAGE)
        run(deployment.deploy(), PACKAGE)
        outputs = json.loads(run(deployment.outputs(), PACKAGE, quiet=True))
    except (DeploymentFailed, FileNotFoundError, ValueError) as error:
        print(f"not deployed: {error}", file=sys.stderr)
        return 1
    url = next(each["OutputValue"] for each in outputs if each["OutputKey"] == "ApiUrl")
    print(f"deployed: {url}\ntry it:   skybatch smoke {url} --stack {deployment.stack}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
