"""What a day of abuse costs follows from the template, and the documented table is that of these numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.deploy import ROOT
from tests.support.batches.template import PARAMETERS, RESOURCES, of_type
from tools.abuse import (
    MOST_DOLLARS,
    Deployment,
    deployment,
    downloads,
    lines,
    looks_until,
    refusals,
    table,
)
from tools.aws_prices import PRICES

HERE = deployment()
PAGE = (ROOT / "docs" / "security.md").read_text()
# The model packs a day's images, and nothing of the package is tested here.
pytestmark = pytest.mark.no_cover


def together(here: Deployment) -> float:
    return sum(line.dollars for line in lines(here))


def changed(**defaults: float) -> Deployment:
    return replace(HERE, defaults={**HERE.defaults, **defaults})


def test_a_day_costs_no_more_than_it_may_at_the_templates_defaults() -> None:
    assert together(HERE) <= MOST_DOLLARS


@pytest.mark.parametrize(("found", "total"), [(lines, True), (downloads, False)])
def test_the_documented_tables_are_those_of_the_template(found: object, total: bool) -> None:
    """``python -m tools.abuse`` prints them."""
    assert callable(found)
    assert table(found(HERE), total) in PAGE


def test_every_number_is_the_templates() -> None:
    assert HERE.of("MaxDailyFromCaller") == PARAMETERS["MaxDailyFromCaller"]["Default"]
    routes = {
        properties["RouteKey"]
        for name, properties in of_type("AWS::ApiGatewayV2::Route").items()
        if "Condition" not in RESOURCES[name]
    }
    assert set(HERE.rates) == set(HERE.bursts) == routes
    assert all(rate > 0 for rate in HERE.rates.values())


@pytest.mark.parametrize(
    "parameter",
    [
        "MaxDailyFromCaller",
        "MaxDailySecondsFromCaller",
        "MaxDailyBytesFromCaller",
        "MaxDailyImagesFromCaller",
        "MaxBatchBytes",
        "DeadlineSeconds",
    ],
)
def test_a_narrower_bound_costs_less(parameter: str) -> None:
    assert together(changed(**{parameter: HERE.of(parameter) / 2})) < together(HERE)


def test_a_route_without_a_throttle_of_its_own_counts_with_the_default() -> None:
    faster = replace(HERE, rates={route: 2 * rate for route, rate in HERE.rates.items()})
    assert refusals(faster).dollars == pytest.approx(2 * refusals(HERE).dollars, rel=0.01)


def test_a_refused_request_by_hand() -> None:
    """A dollar and 20 cents a million, 4 ms of 1 GB, 1.3 kB of logs, one trace of twenty."""
    one = replace(HERE, rates={"ANY /": 1 / 86_400}, bursts={"ANY /": 0.0}, gigabytes=1.0)
    by_hand = 1e-6 + 0.2e-6 + 0.004 * PRICES["lambda_gb_second"].value + 1300e-9 * 0.5 + 0.05 * 5e-6
    assert refusals(one).dollars == pytest.approx(by_hand)


def test_a_batch_is_looked_at_as_often_as_the_code_does() -> None:
    looks, tallies = looks_until(7200.0)
    assert 300 < tallies < looks < 400
    assert looks_until(60.0)[1] < tallies
