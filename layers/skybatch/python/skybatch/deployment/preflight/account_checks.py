"""The account: who deploys, what the region offers, what stands there already, and Lambda's concurrency."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch.deployment.aws_calls import Clients, refusal
from skybatch.deployment.findings import Finding, Level, error, ok, warning
from skybatch.deployment.preflight.planned_stack import PlannedStack

# What the template uses, by the names that boto3 has for them; SES is checked with the mail.
SERVICES = (
    "apigatewayv2", "cloudformation", "cloudwatch", "events", "iam", "lambda", "logs", "s3", "sns", "sqs",
    "stepfunctions", "xray",
)  # fmt: skip
# Lambda keeps so many executions for functions without a reservation.
UNRESERVED_LEFT = 100
DELETE_FIRST = {
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "DELETE_FAILED",
    "CREATE_FAILED",
    "REVIEW_IN_PROGRESS",
}


def check_identity(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Tell whose credentials these are, and where they deploy."""
    identity = clients("sts").get_caller_identity()
    yield ok("account", f"{identity['Account']} as {identity['Arn']}, in {stack.region}")


def check_services(stack: PlannedStack, _: Clients) -> Iterator[Finding]:
    """Compare what the template uses with what the region is known to have."""
    import boto3

    session = boto3.Session()
    partition = session.get_partition_for_region(stack.region)
    absent = [name for name in SERVICES if not _offered(session, name, partition, stack.region)]
    if absent:
        yield warning(
            "services",
            f"not known to be in {stack.region} ({partition}): {', '.join(absent)}",
            "see the region's list of services, or update boto3",
        )
    else:
        yield ok("services", f"all in {stack.region}, partition {partition}")


def _offered(session: object, service: str, partition: str, region: str) -> bool:
    regions = session.get_available_regions(service, partition_name=partition)  # type: ignore[attr-defined]
    return not regions or region in regions  # a service of no regions (IAM) is global


def check_stack(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Look at the stack of this name, if there is one."""
    answer, code = refusal(lambda: clients("cloudformation").describe_stacks(StackName=stack.name))
    if code:
        level = Level.OK if code == "ValidationError" else Level.SKIPPED
        fact = f"{stack.name} will be new" if level is Level.OK else f"DescribeStacks answers {code}"
        yield Finding("stack", level, fact)
        return
    status = answer["Stacks"][0]["StackStatus"]
    if status in DELETE_FIRST:
        yield error(
            "stack",
            f"{stack.name} is {status}",
            f"aws cloudformation delete-stack --stack-name {stack.name}",
        )
    elif status.endswith("_IN_PROGRESS") or status == "UPDATE_ROLLBACK_FAILED":
        wanted = (
            "wait for its end"
            if status.endswith("_IN_PROGRESS")
            else "aws cloudformation continue-update-rollback"
        )
        yield error("stack", f"{stack.name} is {status}", wanted)
    else:
        yield ok("stack", f"{stack.name} is {status} and will be updated")


def check_concurrency(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Compare the workers' reservation with the account's quota of concurrent executions."""
    limits = clients("lambda").get_account_settings()["AccountLimit"]
    quota, wanted = int(limits["ConcurrentExecutions"]), int(stack.parameter("WorkerConcurrency") or 0)
    # What this stack has reserved already is its own to use.
    free = int(limits["UnreservedConcurrentExecutions"]) + _reserved(stack, clients) - UNRESERVED_LEFT
    if stack.parameter("ReserveConcurrency") != "true":
        yield from _unreserved(quota, wanted)
    elif wanted > free:
        fewer = (
            f"WorkerConcurrency={free}"
            if free >= 2
            else f"ReserveConcurrency=false WorkerConcurrency={max(2, quota // 2)}"
        )
        yield error(
            "concurrency",
            f"{wanted} workers cannot be reserved: of a quota of {quota}, {max(0, free)} may be",
            f"{fewer}, and ask for more (Service Quotas, Lambda, concurrent executions)",
        )
    else:
        yield ok("concurrency", f"{wanted} workers reserved of a quota of {quota}")


def _unreserved(quota: int, wanted: int) -> Iterator[Finding]:
    if wanted > quota // 2:
        yield warning(
            "concurrency",
            f"{wanted} workers of a quota of {quota} leave too few executions for the API",
            f"WorkerConcurrency={max(2, quota // 2)}",
        )
    else:
        yield ok("concurrency", f"up to {wanted} workers of a quota of {quota}, none reserved")


def _reserved(stack: PlannedStack, clients: Clients) -> int:
    """Count the executions that a worker of this stack has reserved by now."""
    name = f"{stack.name}-worker"
    answer, code = refusal(lambda: clients("lambda").get_function_concurrency(FunctionName=name))
    return 0 if code else int(answer.get("ReservedConcurrentExecutions") or 0)
