"""Calls of AWS on an operator's behalf: clients, and refusals as facts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Clients = Callable[[str], Any]


def operator_clients(region: str) -> Clients:
    """Return clients by service name, each made once, with the operator's credentials and configuration."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=10, read_timeout=30, retries={"mode": "standard", "max_attempts": 3})
    session = boto3.Session(region_name=region or None)
    return cache(lambda service: session.client(service, config=config))


def refusal(call: Callable[[], Any]) -> tuple[Any, str]:
    """Make a call; return its answer and no code, or None and the error's code (of HEAD the HTTP status)."""
    from botocore.exceptions import ClientError

    try:
        return call(), ""
    except ClientError as error:
        return None, str(error.response["Error"]["Code"])
