"""Each log group becomes a file with its events in order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from local.emulator import Emulator
from local.logs import save_logs


class Account:
    """Clients of moto in the place of the emulator's."""

    ended: int | None = None

    def client(self, service: str) -> Any:
        return boto3.client(
            service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
        )


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield Account()


def test_groups_with_events_are_saved(account: Account, tmp_path: Path) -> None:
    logs = account.client("logs")
    for group in ("/aws/lambda/worker", "/aws/lambda/silent"):
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
    now = int(1000 * time.time()) - 1000
    events = [{"timestamp": now + n, "message": f"line {n}\n"} for n in range(3)]
    logs.put_log_events(logGroupName="/aws/lambda/worker", logStreamName="one", logEvents=events)
    (saved,) = save_logs(cast(Emulator, account), tmp_path / "logs")
    assert saved.name == "aws-lambda-worker.log"
    assert saved.read_text() == "line 0\nline 1\nline 2\n"


def test_of_an_emulator_that_ended_nothing_is_saved(account: Account, tmp_path: Path) -> None:
    account.ended = -9
    assert save_logs(cast(Emulator, account), tmp_path / "logs") == []
    assert not (tmp_path / "logs").exists()
