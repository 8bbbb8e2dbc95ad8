"""An archive says which data sets it holds; a process learns of their surveys from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from skybatch.errors import InvalidSurvey, InventoryError, NotFound
from skybatch.inventory.held_surveys import HELD, add_held, described_surveys, load_held, loader
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.trees import Tree
from skybatch.surveys.example_images import ExampleImage, example_image, remember_examples
from skybatch.surveys.known import (
    dataset_at,
    default_dataset,
    forget,
    held_datasets,
    hold,
    known_surveys,
    learn_from,
    survey_of,
)
from tests.support.survey.descriptions import PLAIN, known_survey, plain_survey


@pytest.fixture(params=["directory", "bucket"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tree]:
    yield DirectoryTree(tmp_path) if request.param == "directory" else BucketTree(MemoryStore())
    forget(plain_survey())
    hold([])
    remember_examples({})
    learn_from(lambda: None)


def test_what_was_published_is_held_in_its_order(tree: Tree) -> None:
    with known_survey(plain_survey()):
        for dataset in ("radio", "sx", "radio"):
            add_held(tree, dataset, PLAIN if dataset == "radio" else None)
    load_held(tree)
    assert held_datasets() == ("radio", "sx")
    assert default_dataset() == "radio"
    assert survey_of("radio").short == "Radio"


def test_packaged_descriptions_are_not_kept(tree: Tree) -> None:
    add_held(tree, "sx", "anything")
    assert json.loads(tree.read(HELD))["descriptions"] == {}


def test_what_was_published_before_there_was_such_an_object_is_held(tree: Tree) -> None:
    tree.write("inventory/asky/current", b"20260101T000000000000Z-00000000")
    add_held(tree, "sx")
    load_held(tree)
    assert held_datasets() == ("asky", "sx")


def test_a_process_learns_of_a_survey_when_it_meets_its_name(tree: Tree) -> None:
    with known_survey(plain_survey()):
        add_held(tree, "radio", PLAIN)
    learn_from(loader(tree))
    assert dataset_at("radio", "radio", "images") == "radio"
    assert survey_of("radio").title == "A Radio Survey"


def test_an_archive_that_says_nothing_changes_nothing(tree: Tree) -> None:
    learn_from(loader(tree))
    assert default_dataset() == "asky"
    with pytest.raises(NotFound):
        survey_of("radio")


IMAGE = ExampleImage("radio/images/10/10510+30456.fits", "10510+30456", "l", 162.5, 30.7, 64, 48)


def test_an_image_for_examples_is_kept_until_another_is_published(tree: Tree) -> None:
    with known_survey(plain_survey()):
        add_held(tree, "radio", PLAIN, IMAGE)
        add_held(tree, "sx")
        add_held(tree, "radio", PLAIN)
        load_held(tree)
        assert (example_image("radio"), example_image("sx")) == (IMAGE, None)
        add_held(tree, "radio", PLAIN, replace(IMAGE, rows=50))
        load_held(tree)
        assert example_image("radio") == replace(IMAGE, rows=50)


DAMAGED = [
    *(b"{", b"[]", b"{}", b'{"format": 1, "datasets": 5, "descriptions": {}}'),
    b'{"format": 1, "datasets": [], "descriptions": {}, "examples": {"radio": {"address": "x"}}}',
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_object_is_told(tree: Tree, content: bytes) -> None:
    tree.write(HELD, content)
    with pytest.raises(InventoryError, match=r"surveys\.json"):
        load_held(tree)


def test_the_surveys_of_an_archive_are_told_without_making_them_known(tree: Tree) -> None:
    assert described_surveys(tree) == ()
    tree.write(
        HELD, json.dumps({"format": 1, "datasets": ["radio"], "descriptions": {"radio": PLAIN}}).encode()
    )
    assert [survey.id for survey in described_surveys(tree)] == ["radio"]
    assert "radio" not in known_surveys()


def test_a_newer_format_is_told(tree: Tree) -> None:
    tree.write(HELD, b'{"format": 2}')
    with pytest.raises(InvalidSurvey, match="newer"):
        load_held(tree)


def test_two_that_publish_at_once_lose_nothing(tree: Tree) -> None:
    if not isinstance(tree, BucketTree):
        pytest.skip("files are locked")
    seen: list[bytes | None] = []

    def change(content: bytes | None) -> bytes:
        seen.append(content)
        if len(seen) == 1:
            tree.write("x", b"theirs")
        return (content or b"") + b" ours"

    tree.update("x", change)
    assert (seen, tree.read("x")) == ([None, b"theirs"], b"theirs ours")
