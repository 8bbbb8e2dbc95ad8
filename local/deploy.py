"""Deploy the template to the emulator, as CloudFormation does to AWS, and read the stack's outputs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.emulator import Emulator
from local.template import (
    load_template,
    resolved_parameters,
    with_environment,
    with_numeric_concurrency,
    with_uploaded_code,
    without_not_emulated,
    without_tls_only,
)

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "template.yaml"
STACK_NAME = "skybatch"
CODE_BUCKET = "skybatch-code"
DEPLOY_SECONDS = 60.0


class DeployFailed(RuntimeError):
    """The stack did not come to be; the text lists the events that failed."""


@dataclass(frozen=True)
class Outputs:
    """The stack's outputs that clients and tests use; ``others`` holds the rest by their output name."""

    api_id: str
    api_url: str
    results_bucket: str
    queue_url: str
    dead_letter_queue_url: str
    state_machine_arn: str
    others: Mapping[str, str]


# Output of the template -> field of Outputs.
FIELDS = {
    "ApiId": "api_id",
    "ApiUrl": "api_url",
    "ResultsBucketName": "results_bucket",
    "QueueUrl": "queue_url",
    "DeadLetterQueueUrl": "dead_letter_queue_url",
    "StateMachineArn": "state_machine_arn",
}


def deploy(
    emulator: Emulator,
    parameters: Mapping[str, str],
    template: Path = TEMPLATE,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Outputs:
    """Create the stack from the template's local folders and wait until it stands.

    ``parameters`` override the template's defaults; ``environment`` is added to that of its functions.
    Raises ValueError for a parameter the template does not have, DeployFailed with the failed stack events
    otherwise.
    """
    return outputs_of(create_stack(emulator, parameters, template, environment))


def create_stack(
    emulator: Emulator,
    parameters: Mapping[str, str],
    template: Path,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """As `deploy`, for any template: its outputs by name."""
    loaded = load_template(template)
    values = resolved_parameters(loaded, parameters)
    numbered = with_environment(with_numeric_concurrency(loaded, values), environment)
    uploaded = with_uploaded_code(
        without_not_emulated(without_tls_only(numbered)), template.parent, _uploader(emulator)
    )
    body = json.dumps(uploaded).encode()
    _uploader(emulator)("template.json", body)
    cloudformation = emulator.client("cloudformation")
    try:
        cloudformation.create_stack(
            StackName=STACK_NAME,
            TemplateURL=f"{emulator.url}/{CODE_BUCKET}/template.json",
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except cloudformation.exceptions.ClientError as error:
        raise DeployFailed(f"the stack is refused: {error.response['Error']['Message']}") from error
    return _wait_complete(cloudformation)


def _uploader(emulator: Emulator) -> Callable[[str, bytes], str]:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=CODE_BUCKET)  # in us-east-1 creating one's own bucket again is no error

    def upload(name: str, body: bytes) -> str:
        s3.put_object(Bucket=CODE_BUCKET, Key=name, Body=body)
        return f"s3://{CODE_BUCKET}/{name}"

    return upload


def _wait_complete(cloudformation: Any) -> dict[str, str]:
    deadline = time.monotonic() + DEPLOY_SECONDS
    while True:
        stack = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        status = stack["StackStatus"]
        if status == "CREATE_COMPLETE":
            return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
        if not status.endswith("IN_PROGRESS") or time.monotonic() > deadline:
            raise DeployFailed(f"the stack is {status}\n{_failures(cloudformation)}")
        time.sleep(0.1)


def _failures(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    return "\n".join(
        f"{event['LogicalResourceId']} {event['ResourceStatus']}: {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if "FAILED" in event["ResourceStatus"] or "ROLLBACK" in event["ResourceStatus"]
    )


def outputs_of(named: Mapping[str, str]) -> Outputs:
    """Read the stack's outputs by field; DeployFailed names those that are missing."""
    missing = sorted(set(FIELDS) - set(named))
    if missing:
        raise DeployFailed(f"the template has no output {', '.join(missing)}")
    fields = {field: named[name] for name, field in FIELDS.items()}
    return Outputs(**fields, others={k: v for k, v in named.items() if k not in FIELDS})
