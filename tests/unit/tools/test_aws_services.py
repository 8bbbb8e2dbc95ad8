"""The services that the functions' clients need are read from the calls that make them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.batches.template import ROOT
from tools.aws_services import services_used
from tools.package import services

IMPORT = "from skybatch.storage.clients import client\n"


def source(folder: Path, text: str) -> Path:
    path = folder / "app.py"
    path.write_text(text)
    return path


def test_a_call_anywhere_names_its_service(tmp_path: Path) -> None:
    text = f"{IMPORT}def f():\n    return g(lambda: client('s3'), client('sqs').send)\n"
    assert services_used([source(tmp_path, text)]) == ["s3", "sqs"]


def test_another_function_of_that_name_is_none_of_ours(tmp_path: Path) -> None:
    assert services_used([source(tmp_path, "from other import client\nclient(1)\n")]) == []


def test_a_service_that_is_no_literal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line 3"):
        services_used([source(tmp_path, f"{IMPORT}name = 's3'\nclient(name)\n")])


@pytest.mark.no_cover
def test_the_functions_use_those_that_their_roles_allow() -> None:
    prefixes = {"lambda": "lambda:", "s3": "s3:", "sqs": "sqs:", "stepfunctions": "states:", "sesv2": "ses:"}
    assert services() == sorted(prefixes)
    template = (ROOT / "template.yaml").read_text()
    assert all(prefix in template for prefix in prefixes.values())
