"""Keys of a tree by description: images, what is ignored, unmatched, empty, colliding."""

from __future__ import annotations

import pytest

from skybatch.archive.described.listing import list_files
from skybatch.errors import AccessRefused
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.places import open_place
from skybatch.surveys.description.survey import Survey
from tests.support.servers.public_images import PLACE, public_images
from tests.support.survey.described.allwise_tree import SURVEY, TILES
from tests.support.survey.described.allwise_tree import key as tile_key
from tests.support.survey.described.first_tree import FIELDS, first_image, key
from tests.support.survey.descriptions import plain_survey

TILE = next(iter(TILES))


def test_every_image_is_found(tree: DirectoryTree, survey: Survey) -> None:
    listing = list_files(tree, survey, "first")
    assert [image.fields["field"] for _, image in listing.images] == list(FIELDS)
    assert listing.reasons_to_refuse(survey) == []


def test_one_file_in_two_hundred_may_be_unmatched(tree: DirectoryTree, survey: Survey) -> None:
    for number in range(200):
        field = f"{number:05d}+00000E"
        tree.write(key(field), b"x")
    tree.write("first/first/images/index.html", b"x")
    listing = list_files(tree, survey, "first")
    assert [problem.place for problem in listing.unmatched] == ["first/first/images/index.html"]
    assert listing.reasons_to_refuse(survey) == []
    tree.write("first/first/images/a.txt", b"x")
    tree.write("first/first/images/b.txt", b"x")
    (reason,) = list_files(tree, survey, "first").reasons_to_refuse(survey)
    assert "3 of 206" in reason


def test_what_is_ignored_is_counted_alone(tree: DirectoryTree) -> None:
    ignoring = plain_survey(
        ('id = "radio"', 'id = "first"'),
        ('path = "radio/images"', 'path = "first/images"'),
        ('"[0-9]{5}[+-][0-9]{5}"', '"[0-9]{5}[+-][0-9]{5}E"'),
        ("{field[0:2]}", "{field[0:5]}"),
        ("[fields]", '[place]\nignore = ["*.md5"]\n[fields]'),
    )
    tree.write("first/first/images/10510/10510+30456E.fits.md5", b"x")
    listing = list_files(tree, ignoring, "first")
    assert (listing.ignored, len(listing.images), listing.unmatched) == (1, 3, [])


def test_a_pattern_that_matches_nothing_is_a_reason(tree: DirectoryTree, survey: Survey) -> None:
    empty = list_files(DirectoryTree(tree.root / "nothing"), survey, "first")
    assert len(empty.reasons_to_refuse(survey)) == 1


def test_files_of_no_bytes_are_named(tree: DirectoryTree, survey: Survey) -> None:
    tree.write(key("10510+30456E"), b"")
    assert [problem.place for problem in list_files(tree, survey, "first").problems] == [key("10510+30456E")]


def test_two_image_sets_of_one_identifier_are_a_reason(tree: DirectoryTree) -> None:
    numbers = (
        '[fields]\na = { type = "int", match = "[0-9]{1,3}" }\nb = { type = "int", match = "[0-9]{1,3}" }'
    )
    colliding = plain_survey(
        ('[fields]\nfield = { match = "[0-9]{5}[+-][0-9]{5}" }', numbers),
        ('fields = ["field"]\nid = "{field}"', 'fields = ["a", "b"]\nid = "{a}{b}"'),
        ('key = "{field[0:2]}/{field}"', 'key = "{a}-{b}"'),
    )
    for name in ("1-11", "11-1", "2-2"):
        tree.write(f"radio/radio/images/{name}.fits", first_image("10510+30456E"))
    (reason,) = list_files(tree, colliding, "radio").reasons_to_refuse(colliding)
    assert all(word in reason for word in ("111", "1-11.fits", "11-1.fits"))


@pytest.mark.parametrize("ending", ["fits", "fits.gz"])
def test_each_form_is_an_image(tree: DirectoryTree, survey: Survey, ending: str) -> None:
    tree.write(key("11111+11111E", ending), b"x")
    assert (ending in [image.form for _, image in list_files(tree, survey, "first").images]) is True


def test_a_bucket_that_may_not_be_listed_says_what_needs_no_listing() -> None:
    with public_images({tile_key(TILE, 1): b"x"}):
        tree = BucketTree(open_place(PLACE.text))
        with pytest.raises(AccessRefused, match="--existence probe"):
            list_files(tree, SURVEY, "allwise")
        assert tree.read_start(tile_key(TILE, 1), 100) == (b"x", 1)
        with pytest.raises(AccessRefused):
            tree.read_start(tile_key(TILE, 2), 100)
