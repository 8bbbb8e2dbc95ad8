"""An account on the emulator as an operator finds one: a bucket of images, no inventory, nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.archive_bucket import upload_tree
from local.emulator import CREDENTIALS, Emulator, emulator
from local.http_api.api import deployed_api
from local.http_api.cors import Cors
from local.http_api.server import PublicAddress, serve_api
from local.stack import template_cors

IMAGES, CODE = "my-survey-images", "my-skybatch-code"
# Of the emulator, which ends a function's processes late, on two cores.
PARAMETERS = "WorkerConcurrency=4 WorkerTimeout=10"


@dataclass(frozen=True)
class EmulatedAccount:
    """The account: its services, the public address of the API, and a folder for its files."""

    emulator: Emulator
    gateway: PublicAddress
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The operator's variables, none of this machine's AWS settings among them, and no region."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            **{name: value for name, value in CREDENTIALS.items() if name != "AWS_DEFAULT_REGION"},
            "AWS_ENDPOINT_URL": self.emulator.url,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "PARAMS": f"{PARAMETERS} PublicUrl={self.gateway.url}",
        }

    def run(self, script: str, folder: Path) -> str:
        """Run shell commands as an operator, ending at the first that fails; what they print."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def outputs(self, stack: str) -> dict[str, str]:
        """The outputs of a stack by name."""
        (found,) = self.emulator.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}

    def serve(self, stack: str) -> None:
        """Lead the public address to a stack, with what the emulator reads otherwise than AWS put right."""
        outputs = self.outputs(stack)
        cors = Cors.from_configuration(template_cors())
        self.gateway.open(deployed_api(self.emulator, outputs["ApiId"], self.gateway.domain, cors))
        functions = self.emulator.client("lambda")
        # It keeps a referenced number as text, and then delivers no message.
        for source in functions.list_event_source_mappings()["EventSourceMappings"]:
            functions.update_event_source_mapping(
                UUID=source["UUID"], ScalingConfig={"MaximumConcurrency": 4}
            )
        # It runs functions in the Python of the tests, which has the packages of the layer.
        for function in functions.list_functions()["Functions"]:
            layers = [each["Arn"] for each in function["Layers"] if "ScienceLayer" not in each["Arn"]]
            functions.update_function_configuration(FunctionName=function["FunctionName"], Layers=layers)


@contextmanager
def emulated_account(folder: Path, images: Path) -> Iterator[EmulatedAccount]:
    """Run such an account until the block ends; ``images`` is the tree that its bucket of images holds."""
    with ExitStack() as running:
        gateway = running.enter_context(serve_api())
        aws = running.enter_context(emulator(folder / "emulator"))
        upload_tree(aws, IMAGES, images, lambda _: None)
        _remove_inventory(aws.client("s3"))
        yield EmulatedAccount(aws, gateway, folder)


def _remove_inventory(s3: Any) -> None:
    for item in s3.list_objects_v2(Bucket=IMAGES, Prefix="inventory/").get("Contents", ()):
        s3.delete_object(Bucket=IMAGES, Key=item["Key"])


def blocks(page: Path, heading: str) -> list[str]:
    """The shell commands of a section of a page, block by block, to the next heading of its rank."""
    rank = re.escape(heading.split(" ")[0])
    section = re.split(rf"^{re.escape(heading)}$", page.read_text(), flags=re.MULTILINE)[1]
    section = re.split(rf"^{rank} ", section, flags=re.MULTILINE)[0]
    return [
        "\n".join(line.removeprefix(indent) for line in block.splitlines()) + "\n"
        for indent, block in re.findall(r"^( *)```sh\n(.*?)^ *```$", section, flags=re.MULTILINE | re.DOTALL)
    ]


def with_names(block: str, names: Mapping[str, str]) -> str:
    """The block with other values of the variables that it exports."""
    for name, value in names.items():
        block = re.sub(rf"(?<=export {name}=)\S+", value, block)
    return block
