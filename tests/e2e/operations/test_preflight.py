"""`skybatch preflight` against an account on the emulator, with a fault injected for each of its checks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.deploy import ROOT, TEMPLATE
from local.emulator import CREDENTIALS, REGION, Emulator, emulator
from skybatch.cli.command_line import main
from tests.e2e.faults import Faults, faulty_proxy
from tests.support.deployment.emulated_account import blocks
from tests.support.servers.proxy import Told, altered

pytestmark = pytest.mark.e2e

SENDER = "sky@obs.example"
KMS = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
# The documented rule is the one that is asked for.
DOCUMENTED = blocks(ROOT / "docs/operations.md", "## Deploy to an AWS account")[2]
CORS = json.loads(DOCUMENTED.partition("--cors-configuration '")[2].partition("'")[0])

Preflight = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An account that is well: both buckets, an inventory, the documented CORS, a verified sender."""
    with emulator(tmp_path_factory.mktemp("account")) as running:
        s3, mail = running.client("s3"), running.client("sesv2")
        for bucket in ("images", "code"):
            s3.create_bucket(Bucket=bucket)
        s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_object(Bucket="images", Key="inventory/asky/current", Body=b"v")
        s3.put_bucket_cors(Bucket="images", CORSConfiguration=CORS)
        mail.create_email_identity(EmailIdentity=SENDER)
        yield running


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A path whose AWS CLI says its version, quickly; `test_documented_commands` runs the true one."""
    folder = tmp_path_factory.mktemp("programs")
    program = folder / "aws"
    program.write_text("#!/bin/sh\necho aws-cli/2.0.0\n")
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def preflight(
    account: Emulator, programs: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Preflight:
    """Runs the command; the gravest level of each check that is not well, and its exit code as ``exit``."""
    monkeypatch.setenv("PATH", programs)
    for name, value in (CREDENTIALS | {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": account.url}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)

    def run(*words: str, archive: str = "images", code: str = "code", url: str = "") -> dict[str, str]:
        if url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        own = ["--parameter", "CreateMailIdentity=false", "--mail-from", SENDER, "--template", str(TEMPLATE)]
        ended = main(["preflight", "--archive", archive, "--code-bucket", code, "--json", *own, *words])
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        faulty = {each["check"]: each["level"] for each in found if each["level"] in ("warning", "error")}
        for name in ("tools", "mail-suppression"):  # of this machine; and what the emulator takes and forgets
            faulty.pop(name, None)
        assert all(each["action"] for each in found if each["level"] == "error")
        assert ended == ("error" in {each["level"] for each in found})
        return faulty

    return run


def test_an_account_that_is_well(preflight: Preflight) -> None:
    assert preflight() == {}


@contextmanager
def changed(change: Callable[[Any], object], back: Callable[[Any], object], s3: Any) -> Iterator[None]:
    change(s3)
    try:
        yield
    finally:
        back(s3)


def put_pointer(s3: Any) -> None:
    s3.put_object(Bucket="images", Key="inventory/asky/current", Body=b"v")


STATES: dict[str, tuple[Callable[[Any], object], Callable[[Any], object], dict[str, str]]] = {
    "no CORS": (
        lambda s3: s3.delete_bucket_cors(Bucket="images"),
        lambda s3: s3.put_bucket_cors(Bucket="images", CORSConfiguration=CORS),
        {"archive-cors": "warning"},
    ),
    "a KMS key": (
        lambda s3: s3.put_bucket_encryption(Bucket="images", ServerSideEncryptionConfiguration=KMS),
        lambda s3: s3.delete_bucket_encryption(Bucket="images"),
        {"archive-encryption": "error"},
    ),
    "no inventory": (
        lambda s3: s3.delete_object(Bucket="images", Key="inventory/asky/current"),
        put_pointer,
        {"inventory": "error"},
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_a_fault_of_the_archive(account: Emulator, preflight: Preflight, name: str) -> None:
    change, back, expected = STATES[name]
    with changed(change, back, account.client("s3")):
        assert preflight() == expected


@pytest.mark.parametrize(
    ("words", "named", "expected"),
    [
        ([], {"archive": "none"}, {"archive-bucket": "error"}),
        (
            [],
            {"archive": "far"},
            {"archive-region": "error", "archive-cors": "warning", "inventory": "error"},
        ),
        ([], {"archive": "s3://images/other"}, {"inventory": "error"}),
        ([], {"code": "none"}, {"code-bucket": "error"}),
        ([], {"code": "far"}, {"code-bucket": "error"}),
        (["--stack", "s" * 55], {}, {"stack-name": "error"}),
        (["--parameter", "WorkerConcurrency=1001"], {}, {"parameters": "error", "concurrency": "error"}),
        (["--parameter", "CreateMailIdentity=true"], {}, {"mail-identity": "error"}),
        (["--mail-from", "nobody@else.example"], {}, {"mail-identity": "error"}),
        (["--template", "/no/such/template.yaml"], {}, {"template": "error"}),
        (
            ["--region", "cn-north-1"],
            {},
            {"mail": "error", "archive-region": "error", "code-bucket": "error"},
        ),
    ],
    ids=str,
)
def test_a_fault_of_what_is_planned(
    preflight: Preflight, words: list[str], named: dict[str, str], expected: dict[str, str]
) -> None:
    assert preflight(*words, **named) == expected


# What the emulator never answers ------------------------------------------------------------------------


def saying(**fields: Any) -> Any:
    """The answer's JSON with other fields."""

    def change(status: int, headers: list[tuple[str, str]], body: bytes) -> Told:
        return status, headers, json.dumps(json.loads(body) | fields).encode()

    return altered(change)


PAYER = b"<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>"
LIMITS = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}


@pytest.mark.parametrize(
    ("word", "fault", "expected"),
    [
        ("/v2/email/account", saying(ProductionAccessEnabled=False), {"mail-sandbox": "warning"}),
        ("/v2/email/account", saying(SendingEnabled=False), {"mail-account": "error"}),
        (
            "?requestPayment",
            altered(lambda _, headers, __: (200, headers, PAYER)),
            {"archive-payer": "error"},
        ),
        ("account-settings", saying(AccountLimit=LIMITS), {"concurrency": "error"}),
    ],
    ids=["sandbox", "no sending", "requester pays", "a quota of 10"],
)
def test_a_fault_of_the_account(
    account: Emulator, preflight: Preflight, word: str, fault: Any, expected: dict[str, str]
) -> None:
    faults = Faults({word: fault})
    with faulty_proxy(faults) as proxy:
        proxy.target = account.url
        assert preflight(url=proxy.url) == expected
    assert faults.seen[word]


def test_an_account_that_does_not_answer(preflight: Preflight) -> None:
    assert preflight(url="http://127.0.0.1:9") == {"account": "error"}
