"""Every figure has a source and a unit, and the deployment has the template's sizes."""

from __future__ import annotations

import pytest

from tests.support.batches.template import TEMPLATE
from tools.aws_prices import PRICES, QUOTAS, Figure, aws


@pytest.mark.parametrize("figure", [*PRICES.values(), *QUOTAS.values()], ids=[*PRICES, *QUOTAS])
def test_a_figure_has_a_value_a_unit_and_a_source(figure: Figure) -> None:
    assert figure.value > 0
    assert figure.unit
    assert figure.source


def test_the_deployment_has_as_many_workers_as_the_template() -> None:
    assert aws().workers == float(TEMPLATE["Parameters"]["WorkerConcurrency"]["Default"])
