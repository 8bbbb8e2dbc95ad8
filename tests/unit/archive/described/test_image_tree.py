"""The images of a survey are indexed where its description says, and another region is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from skybatch.archive.described.image_tree import open_image_tree, place_notice
from skybatch.archive.described.index import index_described
from skybatch.inventory.inventory import Inventory
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.survey import Survey
from tests.support.survey.described.first_tree import description, fill
from tests.support.survey.descriptions import plain_survey


def survey_in(place: str) -> Survey:
    return plain_survey(("[fields]", f"[place]\n{place}\n[fields]"))


PUBLIC = 'bucket = "radio-maps"\nregion = "us-west-2"\naccess = "anonymous"'
OWN = 'bucket = "radio-maps"\nregion = "eu-west-1"'


@pytest.fixture
def buckets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An archive in us-east-1."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        import boto3

        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="archive")
        yield


@pytest.mark.usefixtures("buckets")
@pytest.mark.parametrize(
    ("place", "access", "cost"),
    [(PUBLIC, "unsigned", "no bytes are paid for"), (OWN, "signed", "pays for the bytes")],
)
def test_a_place_in_another_region_is_told_with_its_cost(place: str, access: str, cost: str) -> None:
    notice = place_notice(survey_in(place), "s3://archive/x")
    assert access in notice
    assert "in another region than the archive (us-east-1)" in notice
    assert cost in notice


@pytest.mark.usefixtures("buckets")
def test_a_place_in_the_same_region_costs_no_time() -> None:
    near = survey_in(OWN.replace("eu-west-1", "us-east-1"))
    assert "another region" not in place_notice(near, "s3://archive")
    assert place_notice(plain_survey(), "s3://archive") == ""


def test_images_are_those_of_the_place_unless_another_tree_is_named(tmp_path: Path) -> None:
    survey = survey_in(PUBLIC)
    placed = open_image_tree(survey, str(tmp_path))
    assert isinstance(placed, BucketTree)
    config: Any = placed.store.config  # type: ignore[union-attr]
    asked = [config[name] for name in ("bucket", "region", "skip_signature")]
    assert asked == ["radio-maps", "us-west-2", "true"]
    for survey_, images in ((survey, str(tmp_path)), (plain_survey(), "")):
        assert open_image_tree(survey_, str(tmp_path), images) == DirectoryTree(tmp_path)
    named = open_image_tree(survey, str(tmp_path), "s3://radio-maps/")
    assert named.store.config == config  # type: ignore[attr-defined]


def test_inventory_and_images_are_two_trees(tmp_path: Path) -> None:
    images, archive = DirectoryTree(tmp_path / "images"), DirectoryTree(tmp_path / "archive")
    fill(images)
    report = index_described(archive, description(), "first.toml", images=images)["first"]
    assert (report.sets, report.problems) == (3, ())
    assert Inventory.open(archive, "first").size == 3
    assert not list(images.entries("inventory/"))
    assert [path.name for path in archive.root.iterdir()] == ["inventory"]
