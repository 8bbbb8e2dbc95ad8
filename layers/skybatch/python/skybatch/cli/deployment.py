"""`skybatch preflight` and `skybatch smoke`: an operator checks before a deployment, and tries after it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skybatch.errors import InvalidRequest

if TYPE_CHECKING:
    from skybatch.deployment.findings import Finding
    from skybatch.deployment.preflight.planned_stack import PlannedStack
    from skybatch.deployment.smoke.context import Context
    from skybatch.deployment.smoke.stack_access import StackAccess

# Where `make package` lays the template, and where a clone has it.
TEMPLATES = (Path("build/package/template.yaml"), Path("template.yaml"))


def add_commands(subparsers: Any) -> None:
    """Add both commands to the parser."""
    _add_preflight(subparsers)
    _add_smoke(subparsers)


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


def _add_smoke(subparsers: Any) -> None:
    summary = "try a service that was deployed: requests, batches, downloads, and with --stack what is behind"
    parser = subparsers.add_parser(
        "smoke",
        help="try a service that was deployed",
        description=f"{summary}; exit code 1 where something is wrong",
    )
    parser.add_argument("url", metavar="URL", help="address of the service")
    parser.add_argument(
        "--stack", default="", metavar="NAME", help="its stack, with credentials that may read it"
    )
    parser.add_argument(
        "--skip", nargs="+", default=(), metavar="CHECK", help="checks not to make, such as traces"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="wait for a batch or a metric (default: %(default)s)",
    )
    parser.add_argument(
        "--latencies", type=Path, metavar="FILE", help="write what was measured, for the capacity model"
    )
    _add_output(parser)
    parser.set_defaults(run=_smoke)


def _add_output(parser: Any) -> None:
    parser.add_argument("--region", default="", help="AWS region (default: as AWS tools find it)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per finding")


def _preflight(options: argparse.Namespace) -> int:
    from skybatch.deployment.aws_calls import operator_clients
    from skybatch.deployment.preflight.preflight import preflight

    stack = planned_stack(options)
    return _told(preflight(stack, operator_clients(stack.region)), options.json)


def _smoke(options: argparse.Namespace) -> int:
    from skybatch.client.machine.access_token import access_token
    from skybatch.deployment.smoke.context import Context
    from skybatch.deployment.smoke.probe import Probe
    from skybatch.deployment.smoke.sample import find_sample
    from skybatch.deployment.smoke.smoke import check_health, smoke

    probe = Probe(options.url, access_token(None, ""))
    if code := _told([check_health(probe)], options.json):
        return code
    sample, found = find_sample(probe)
    if sample is None:
        return _told(found, options.json)
    stack = _stack_access(options) if options.stack else None
    context = Context(probe, sample, options.patience)
    code = _told(chain(found, smoke(context, stack, options.skip)), options.json)
    _tell_latencies(context, stack, options)
    return code


def _stack_access(options: argparse.Namespace) -> StackAccess:
    from botocore.exceptions import BotoCoreError, ClientError

    from skybatch.deployment.aws_calls import operator_clients
    from skybatch.deployment.smoke.stack_access import StackAccess

    try:
        return StackAccess.of(options.stack, operator_clients(options.region or _region()))
    except (BotoCoreError, ClientError) as refused:
        raise InvalidRequest(f"--stack {options.stack}: {refused}") from refused


def _tell_latencies(context: Context, stack: StackAccess | None, options: argparse.Namespace) -> None:
    """Print the median seconds of each kind of request, and write what the capacity model takes."""
    from skybatch.deployment.smoke.latencies import by_label, measured_services, unmeasured

    measured = {name: float(f"{value:.4g}") for name, value in measured_services(context, stack).items()}
    if options.latencies:
        options.latencies.write_text(json.dumps(measured, indent=2) + "\n")
    if options.json:
        print(
            json.dumps(
                {
                    "latencies": by_label(context.probe),
                    "services": measured,
                    "unmeasured": unmeasured(measured),
                }
            )
        )
        return
    print("\nmedian seconds")
    for label, seconds in by_label(context.probe).items():
        print(f"{seconds:8.3f} {label}")
    print(f"\nfor the capacity model: {json.dumps(measured)}")
    if missing := unmeasured(measured):
        print(f"not measured, so that it keeps the published figures: {', '.join(missing)}")


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
