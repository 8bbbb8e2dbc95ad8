"""The template itself: its size, its parameters, and names that grow with the stack's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from skybatch.deployment.aws_calls import Clients
from skybatch.deployment.findings import Finding, error, ok, warning
from skybatch.deployment.preflight.planned_stack import PlannedStack

# CloudFormation quotas: a template in a request, and one in S3.
MAX_BODY_BYTES = 51_200
MAX_TEMPLATE_BYTES = 1_000_000
# Lambda: FunctionName. The other names (state machine, 80; log group, 512) are shorter or allow more.
MAX_FUNCTION_NAME = 64
# Parameter -> what it needs beside it, and how grave it is without.
NEEDED_WITH: tuple[tuple[str, str, Callable[[str, str, str], Finding]], ...] = (
    ("ApiDomain", "ApiCertificate", error),
    ("DisableExecuteApiEndpoint", "ApiDomain", warning),
    ("MailName", "MailFrom", warning),
    ("MailReplyTo", "MailFrom", warning),
    ("ConfirmAddresses", "MailFrom", warning),
    ("MonthlyBudget", "AlarmEmail", warning),
    ("JwtAudience", "JwtIssuer", warning),
    ("JwtScopes", "JwtIssuer", warning),
)
STACK_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,127}")


def check_template(stack: PlannedStack, _: Clients) -> Iterator[Finding]:
    """Weigh the template against the quotas of CloudFormation."""
    if not stack.document:
        yield error(
            "template",
            f"there is no template {stack.template}",
            "run it in a clone, or give --template",
        )
        return
    size = stack.template.stat().st_size
    if size > MAX_TEMPLATE_BYTES:
        yield error(
            "template",
            f"{size:,} bytes; CloudFormation takes {MAX_TEMPLATE_BYTES:,}",
            "make it smaller",
        )
    elif size > MAX_BODY_BYTES:
        yield ok(
            "template",
            f"{size:,} bytes: more than a request takes, so it goes through {stack.code_bucket}",
        )
    else:
        yield ok("template", f"{size:,} bytes")


def check_parameters(stack: PlannedStack, _: Clients) -> Iterator[Finding]:
    """Compare the given parameters with those that the template has, and with their rules."""
    declared = stack.document.get("Parameters", {})
    if not declared:
        return
    faults = [
        error("parameters", f"the template has no parameter {name}", "see its Parameters")
        for name in sorted(set(stack.given) - set(declared))
    ]
    faults += [*_refused(stack), *_alone(stack)]
    yield from faults or [ok("parameters", f"{len(stack.given)} given")]


def _refused(stack: PlannedStack) -> Iterator[Finding]:
    """Values that CloudFormation would refuse."""
    for name, value in stack.given.items():
        declared = stack.document.get("Parameters", {}).get(name, {})
        shown = "..." if declared.get("NoEcho") else value
        if rule := broken_rule(declared, value):
            yield error("parameters", f"{name}={shown}: {rule}", f"give {name} another value")


def _alone(stack: PlannedStack) -> Iterator[Finding]:
    """Parameters that do nothing, or fail, without another."""
    for name, needed, fault in NEEDED_WITH:
        given = stack.parameter(name) not in ("", "0", "false")
        if given and stack.parameter(needed) in ("", "false"):
            yield fault(
                "parameters", f"{name} is given without {needed}", f"give {needed}, or leave {name} out"
            )


def broken_rule(declared: dict[str, object], value: str) -> str:
    """Name the rule of a parameter's declaration that a value breaks; empty where it breaks none."""
    allowed = [str(each) for each in declared.get("AllowedValues", [])]  # type: ignore[attr-defined]
    if allowed and value not in allowed:
        return f"not one of {', '.join(allowed)}"
    pattern = str(declared.get("AllowedPattern", ""))
    if pattern and not re.fullmatch(pattern, value):
        return f"not of the form {pattern}"
    if declared.get("Type") != "Number":
        return ""
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "not a number"
    if float(value) < float(str(declared.get("MinValue", "-inf"))):
        return f"less than {declared['MinValue']}"
    if float(value) > float(str(declared.get("MaxValue", "inf"))):
        return f"more than {declared['MaxValue']}"
    return ""


def check_stack_name(stack: PlannedStack, _: Clients) -> Iterator[Finding]:
    """Hold the stack's name, and those made from it, to their lengths."""
    if not STACK_NAME.fullmatch(stack.name):
        yield error(
            "stack-name",
            f"{stack.name!r} is no name of a stack",
            "a letter, then letters, digits and hyphens",
        )
        return
    longest = max(_function_names(stack), key=len, default=stack.name)
    if len(longest) > MAX_FUNCTION_NAME:
        excess = len(longest) - MAX_FUNCTION_NAME
        yield error(
            "stack-name",
            f"{longest} has {len(longest)} characters; Lambda takes {MAX_FUNCTION_NAME}",
            f"a name of at most {len(stack.name) - excess} characters",
        )
    else:
        yield ok("stack-name", stack.name)


def _function_names(stack: PlannedStack) -> Iterator[str]:
    for resource in stack.document.get("Resources", {}).values():
        name = resource.get("Properties", {}).get("FunctionName")
        if isinstance(name, str):
            yield name.replace("${AWS::StackName}", stack.name)
