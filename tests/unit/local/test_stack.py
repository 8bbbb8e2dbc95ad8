"""A local deployment sets parameters that the template has, and refuses others before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.deploy import TEMPLATE
from local.stack import Plan, local_parameters, running_stack
from local.template import load_template


def test_local_parameters_are_the_templates() -> None:
    given = local_parameters("http://127.0.0.1:1", "http://127.0.0.1:2")
    assert set(given) <= set(load_template(TEMPLATE)["Parameters"])
    assert given["PublicUrl"] == "http://127.0.0.1:1"
    assert given["NedResolver"] == "http://127.0.0.1:2"


def test_an_unknown_parameter_is_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "run", parameters={"Unknown": "1"})
    with pytest.raises(ValueError, match="Unknown"), running_stack(plan):
        pass
    assert not (tmp_path / "run").exists()
