"""Run all checks before a deployment, each on its own: one that cannot be made stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from skybatch.deployment.aws_calls import Clients
from skybatch.deployment.findings import Finding, Level
from skybatch.deployment.preflight.account_checks import (
    check_concurrency,
    check_identity,
    check_services,
    check_stack,
)
from skybatch.deployment.preflight.bucket_checks import check_archive_bucket, check_code_bucket
from skybatch.deployment.preflight.mail_checks import check_mail
from skybatch.deployment.preflight.place_checks import check_image_places
from skybatch.deployment.preflight.planned_stack import PlannedStack
from skybatch.deployment.preflight.template_checks import check_parameters, check_stack_name, check_template
from skybatch.deployment.preflight.token_checks import check_tokens
from skybatch.deployment.preflight.tool_checks import check_tools

Check = Callable[[PlannedStack, Clients], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    check_tools,
    check_template,
    check_parameters,
    check_stack_name,
    check_services,
    check_stack,
    check_concurrency,
    check_code_bucket,
    check_archive_bucket,
    check_image_places,
    check_mail,
    check_tokens,
)


def preflight(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Check a planned stack; without an account that answers, only what this machine can tell."""
    account = list(guarded(check_identity, stack, clients))
    yield from account
    reached = all(finding.level is Level.OK for finding in account)
    for check in CHECKS if reached else (check_tools, check_template, check_parameters, check_stack_name):
        yield from guarded(check, stack, clients)


def guarded(check: Check, stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Run one check; a call that AWS refuses or does not answer becomes a finding."""
    from botocore.exceptions import BotoCoreError, ClientError

    name = check.__name__.removeprefix("check_").replace("_", "-")
    try:
        yield from check(stack, clients)
    except ClientError as error:
        code, action = error.response["Error"]["Code"], error.operation_name
        if check is check_identity:
            yield Finding(
                "account",
                Level.ERROR,
                f"AWS refuses these credentials: {code}",
                "aws sts get-caller-identity",
            )
        else:
            yield Finding(name, Level.SKIPPED, f"{action} answers {code}", f"allow {action} to check it")
    except BotoCoreError as error:
        level = Level.ERROR if check is check_identity else Level.SKIPPED
        yield Finding(
            "account" if level is Level.ERROR else name, level, str(error), "aws configure, or aws sso login"
        )
