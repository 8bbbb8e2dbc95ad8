"""What route handlers depend on."""

from __future__ import annotations

import pytest

from skybatch.api.dependencies import Dependencies
from skybatch.errors import NotFound
from skybatch.settings import Settings
from tests.support.servers.http import make_dependencies
from tests.support.survey.sample_archive import MadeArchive

SETTINGS = Settings(results_bucket="results", archive_bucket="images", archive_prefix="survey")


def test_a_batch_id_cannot_reach_outside_its_folder() -> None:
    for batch_id in ("../keys", "", "A" * 32, "0" * 33):
        with pytest.raises(NotFound):
            make_dependencies().batch(batch_id)


def test_only_data_sets_with_an_inventory_are_available(sample: MadeArchive) -> None:
    assert make_dependencies(open_inventory=sample.open).available_datasets() == ["asky"]


def test_the_current_inventory_is_that_of_the_archive(sample: MadeArchive) -> None:
    inventory = make_dependencies(open_inventory=sample.open).current_inventory("asky")
    assert inventory is sample.open("asky", None)


def test_a_deployment_is_connected_without_a_call_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    dependencies = Dependencies.from_settings(SETTINGS)
    assert dependencies.settings is SETTINGS
    assert (dependencies.archive.prefix, dependencies.results.prefix) == ("survey", None)  # type: ignore[union-attr]


def test_the_name_services_are_made_once() -> None:
    dependencies = Dependencies.from_settings(SETTINGS)
    assert dependencies.name_resolver() is dependencies.name_resolver()
