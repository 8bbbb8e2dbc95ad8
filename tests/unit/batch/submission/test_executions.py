"""Starting executions: once a batch, under a name that gives no id away."""

from __future__ import annotations

import json

import boto3
import pytest
from moto import mock_aws

from skybatch.batch.submission.executions import execution_starter
from skybatch.redaction import batch_hash
from skybatch.storage.clients import client
from tests.support.batches.batch_fakes import BATCH_ID


@pytest.mark.usefixtures("aws_credentials")
@mock_aws
def test_an_execution_starts_once_whatever_is_repeated() -> None:
    role = boto3.client("iam").create_role(
        RoleName="states",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "states.us-east-1.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )["Role"]["Arn"]
    machines = client("stepfunctions")
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    arn = machines.create_state_machine(name="batch", definition=definition, roleArn=role)["stateMachineArn"]
    start = execution_starter(machines, arn)
    start(BATCH_ID)
    start(BATCH_ID)
    (execution,) = machines.list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"] == batch_hash(BATCH_ID)
    told = machines.describe_execution(executionArn=execution["executionArn"])["input"]
    assert json.loads(told) == {"batch_id": BATCH_ID}
