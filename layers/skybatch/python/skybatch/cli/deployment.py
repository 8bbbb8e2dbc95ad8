"""`skybatch preflight` and `skybatch smoke`: an operator checks before a deployment, and tries after it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skybatch.errors import InvalidRequest

if TYPE_CHECKING:
    from skybatch.deployment.findings import Finding
    from skybatch.deployment.preflight.planned_stack import PlannedStack

# Where `make package` lays the template, and where a clone has it.
TEMPLATES = (Path("build/package/template.yaml"), Path("template.yaml"))


def add_commands(subparsers: Any) -> None:
    """Add both commands to the parser."""
    _add_preflight(subparsers)


def _add_preflight(subparsers: Any) -> None:
    summary = "check an AWS account, its buckets and its mail before a deployment"
    parser = subparsers.add_parser(
        "preflight", help=summary, description=f"{summary}; exit code 1 where something would fail"
    )
    parser.add_argument("--stack", default="skybatch", help="name of the stack (default: %(default)s)")
    parser.add_argument(
        "--archive", required=True, metavar="BUCKET", help="bucket of the images, or s3://bucket/prefix"
    )
    parser.add_argument(
        "--code-bucket", required=True, metavar="BUCKET", help="bucket for code, in the stack's region"
    )
    parser.add_argument(
        "--mail-from", default="", metavar="ADDRESS", help="sender of emails (default: none are sent)"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a template parameter; may be repeated",
    )
    parser.add_argument(
        "--template", type=Path, help="the template (default: that of make package, or of the clone)"
    )
    _add_output(parser)
    parser.set_defaults(run=_preflight)


def _add_output(parser: Any) -> None:
    parser.add_argument("--region", default="", help="AWS region (default: as AWS tools find it)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per finding")


def _preflight(options: argparse.Namespace) -> int:
    from skybatch.deployment.aws_calls import operator_clients
    from skybatch.deployment.preflight.preflight import preflight

    stack = planned_stack(options)
    return _told(preflight(stack, operator_clients(stack.region)), options.json)


def planned_stack(options: argparse.Namespace) -> PlannedStack:
    """Read what is to be deployed from the command's options.

    Raises
    ------
    InvalidRequest
        For a parameter without an equals sign, or where no region is configured.
    """
    from skybatch.deployment.preflight.planned_stack import PlannedStack

    bucket, _, prefix = options.archive.removeprefix("s3://").partition("/")
    given = dict(_parameter(word) for word in options.parameter)
    if options.mail_from:
        given["MailFrom"] = options.mail_from
    template = options.template or next((path for path in TEMPLATES if path.is_file()), TEMPLATES[-1])
    prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    return PlannedStack(
        options.stack, options.region or _region(), bucket, prefix, options.code_bucket, template, given
    )


def _parameter(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise InvalidRequest(f"--parameter {word}: its form is NAME=VALUE")
    return name, value


def _region() -> str:
    """Return the configured region; AWS_REGION, which boto3 overlooks, first."""
    import boto3

    region = os.environ.get("AWS_REGION") or boto3.Session().region_name
    if not region:
        raise InvalidRequest("no AWS region is configured: give --region, or set AWS_REGION")
    return str(region)


def _told(findings: Iterable[Finding], as_json: bool) -> int:
    """Print each finding as it comes; exit code 1 where one is an error."""
    from skybatch.deployment.findings import has_errors

    seen = []
    for finding in findings:
        print(json.dumps(finding.to_json()) if as_json else finding.lines(), flush=True)
        seen.append(finding)
    return 1 if has_errors(seen) else 0
