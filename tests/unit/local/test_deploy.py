"""Outputs of a stack are read by name, and missing ones are named."""

from __future__ import annotations

import pytest

from local.deploy import FIELDS, TEMPLATE, DeployFailed, outputs_of
from local.template import load_template


def test_the_template_has_every_output_that_is_read() -> None:
    assert set(FIELDS) <= set(load_template(TEMPLATE)["Outputs"])


def test_outputs_are_read_by_field_and_others_by_name() -> None:
    named = {name: f"value of {name}" for name in FIELDS} | {"Other": "x"}
    outputs = outputs_of(named)
    assert {name: getattr(outputs, field) for name, field in FIELDS.items()} == {
        name: named[name] for name in FIELDS
    }
    assert outputs.others == {"Other": "x"}


def test_missing_outputs_are_named() -> None:
    named = dict.fromkeys(FIELDS, "x")
    del named["QueueUrl"], named["ApiId"]
    with pytest.raises(DeployFailed, match="ApiId, QueueUrl"):
        outputs_of(named)
