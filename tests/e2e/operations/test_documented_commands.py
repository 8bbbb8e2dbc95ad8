"""docs/operations.md run word for word on the emulator with the AWS CLI: deploy, try, restore, remove."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.deploy import ROOT
from tests.support.batches.stacks import SMALL, KeptSkies
from tests.support.deployment.emulated_account import (
    CODE,
    IMAGES,
    EmulatedAccount,
    blocks,
    emulated_account,
    with_names,
)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("aws") is None, reason="the AWS CLI is not installed"),
]

PAGE = ROOT / "docs" / "operations.md"
NAMES, VENV, BUCKETS, INVENTORY, DEPLOY, SMOKE, UNDERLYING = blocks(PAGE, "## Deploy to an AWS account")
# Their names, set anew in each shell.
EXPORTS = with_names(NAMES, {"IMAGES": IMAGES, "CODE": CODE})
# What the emulator has not: metrics of log lines, and X-Ray.
NOT_EMULATED = " --skip metrics traces --patience 60"


@pytest.fixture(scope="module")
def account(skies: KeptSkies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedAccount]:
    with emulated_account(tmp_path_factory.mktemp("account"), skies.made(SMALL).archive.root) as running:
        yield running


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay this tree as a clone has it, its virtual environment the one that runs the tests."""
    folder = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv/bin").mkdir(parents=True)
    for program in ("python", "skybatch"):
        _wrapper(folder / ".venv/bin" / program, "" if program == "python" else "-m skybatch.cli ")
    (folder / ".venv/bin/activate").write_text(f'PATH="{folder}/.venv/bin:$PATH"\n')
    (folder / ".venv/.installed").touch()
    return folder


def _wrapper(path: Path, words: str) -> None:
    """A program that runs the clone's code with this interpreter."""
    folder = path.parents[2]
    code = f"{folder}/layers/skybatch/python:{folder}"
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{code}" exec "{sys.executable}" {words}"$@"\n')
    path.chmod(0o755)


def follow(account: EmulatedAccount, clone: Path, *blocks: str) -> str:
    """Run blocks in one shell, with the names of the first and the command of the second."""
    return account.run("".join([EXPORTS, ". .venv/bin/activate\n", *blocks]), clone)


@pytest.fixture(scope="module")
def packaged(clone: Path) -> Path:
    """The clone with a package as `make package` builds it, without the third parties' layer."""
    package = clone / "build" / "package"
    for folder in ("functions", "statemachine", "layers/skybatch"):
        shutil.copytree(clone / folder, package / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(clone / "template.yaml", package)
    (package / "layers/science/python").mkdir(parents=True)
    (package / "layers/science/python/README").write_text("The tests' own packages serve.\n")
    return clone


def stack_of(account: EmulatedAccount) -> dict[str, Any]:
    (found,) = account.emulator.client("cloudformation").describe_stacks(StackName="skybatch")["Stacks"]
    return dict(found)


def parameter(account: EmulatedAccount, name: str) -> str:
    values = {each["ParameterKey"]: each["ParameterValue"] for each in stack_of(account)["Parameters"]}
    return str(values[name])


def test_the_commands_of_the_aws_cli_deploy(account: EmulatedAccount, packaged: Path) -> None:
    follow(account, packaged, BUCKETS, INVENTORY, UNDERLYING)
    assert stack_of(account)["StackStatus"] == "CREATE_COMPLETE"
    assert parameter(account, "ArchiveBucket") == IMAGES
    follow(account, packaged, UNDERLYING)  # nothing changed, which is no error


def test_a_template_as_large_as_ours_is_refused_in_a_request(
    account: EmulatedAccount, packaged: Path
) -> None:
    """Were it not uploaded: the emulator has the limit of AWS, 51,200 bytes."""
    body = (packaged / "build/package/packaged.yaml").read_text()
    with pytest.raises(ClientError, match="51200"):
        account.emulator.client("cloudformation").validate_template(TemplateBody=body)


def test_preflight_finds_the_account_well(account: EmulatedAccount, packaged: Path) -> None:
    """Right after the deployment: the stack can be updated, the identity is its own."""
    words = f"skybatch preflight --archive {IMAGES} --code-bucket {CODE} --mail-from sky@example.org --json\n"
    found = [json.loads(line) for line in follow(account, packaged, words).splitlines()]
    assert {each["check"] for each in found if each["level"] == "warning"} <= {"mail-suppression", "tools"}
    assert {"archive-cors", "inventory", "concurrency", "mail-identity"} <= {
        each["check"] for each in found if each["level"] == "ok"
    }


def test_a_lost_stack_is_restored_around_its_bucket_and_removed(
    account: EmulatedAccount, packaged: Path
) -> None:
    bucket = account.outputs("skybatch")["ResultsBucketName"]
    (restore,), (remove,) = blocks(PAGE, "## Restore"), blocks(PAGE, "## Remove")
    delete, wait, *rest = remove.splitlines(keepends=True)
    follow(account, packaged, delete, wait)
    s3 = account.emulator.client("s3")
    s3.put_object(Bucket=bucket, Key="batches/kept", Body=b"1")  # it outlived its stack
    follow(account, packaged, with_names(restore, {"RESULTS": bucket}))
    assert stack_of(account)["StackStatus"] == "IMPORT_COMPLETE"
    follow(account, packaged, UNDERLYING)
    assert account.outputs("skybatch")["ResultsBucketName"] == bucket
    assert s3.get_object(Bucket=bucket, Key="batches/kept")["Body"].read() == b"1"
    follow(account, packaged, f"export RESULTS={bucket}\n", delete, wait, *rest)
    assert {each["Name"] for each in s3.list_buckets()["Buckets"]} == {IMAGES}


@pytest.mark.soak
def test_a_clone_becomes_a_verified_service(account: EmulatedAccount, clone: Path) -> None:
    """All of the page: layers are built from the registry's wheels, and the service is tried to its ends."""
    said = follow(account, clone, BUCKETS, INVENTORY, DEPLOY)
    assert f"deployed: {account.gateway.url}" in said
    account.serve("skybatch")
    tried = follow(account, clone, SMOKE.rstrip() + NOT_EMULATED)
    assert [line for line in tried.splitlines() if line.startswith("error")] == []
    assert tried.count("\nok ") > 20


@pytest.mark.soak
def test_the_same_command_updates_and_keeps_what_is_not_given(account: EmulatedAccount, clone: Path) -> None:
    follow(account, clone, DEPLOY.replace("make deploy", "make deploy PARAMS=MaxRows=77"))
    assert (parameter(account, "MaxRows"), parameter(account, "PublicUrl")) == ("77", account.gateway.url)
    assert stack_of(account)["StackStatus"] == "UPDATE_COMPLETE"
