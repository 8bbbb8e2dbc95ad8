"""Surveys described wrongly: the commands say what and where, and nothing is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import obstore
import pytest
from obstore.store import LocalStore, ObjectStore

from skybatch.cli.command_line import main
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.trees import Tree
from tests.support.aws.s3 import REGION, S3Server, s3_server
from tests.support.survey.described.first_tree import FIELDS, description, fill, first_image, key

DESCRIBED = description()


@dataclass(frozen=True)
class Place:
    """A tree as operators name it, and the store behind it."""

    name: str
    store: ObjectStore

    @property
    def tree(self) -> Tree:
        return BucketTree(self.store)

    def published(self) -> list[str]:
        """Keys of inventories and of the list of surveys."""
        listed = (item["path"] for page in obstore.list(self.store) for item in page)
        return [path for path in listed if path.startswith("inventory/")]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(params=["directory", "bucket"])
def place(
    request: pytest.FixtureRequest, server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    if request.param == "directory":
        (tmp_path / "tree").mkdir()
        return Place(str(tmp_path / "tree"), LocalStore(tmp_path / "tree"))
    given = {"ENDPOINT_URL": server.endpoint, "ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}
    for name, value in (given | {"REGION": REGION, "ALLOW_HTTP": "true"}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    name = f"wrong-{uuid4().hex}"
    return Place(f"s3://{name}", server.bucket(name))


def of_other_fields(tree: Tree) -> None:
    for field in FIELDS:
        tree.write(key(field), first_image(field, FIELDNAM="99999+99999Z"))


def of_another_projection(tree: Tree) -> None:
    for field in FIELDS:
        tree.write(key(field), first_image(field, CTYPE1="RA---TAN", CTYPE2="DEC--TAN"))


def of_another_survey(tree: Tree) -> None:
    for field in FIELDS:
        tree.write(f"first/first/images/aa/{field}_w1-int-3.fits", first_image(field))


WRONG: dict[str, tuple[str, str, Callable[[Tree], None], list[str]]] = {
    "pattern": ('match = "[0-9]{5}[+-]', 'match = "[0-9]*[+-]', fill, ["fields.field.match", "[0-9]*"]),
    "missing key": ('title = "Faint Images of the Radio Sky at Twenty-cm"\n', "", fill, ["title: "]),
    "unknown field of a set": ('fields = ["field"]', 'fields = ["feld"]', fill, ["set.fields[0]", "'feld'"]),
    "unknown field of a key": ("{field[0:5]}/{field}", "{feld}/{field}", fill, ["image.key", "'feld'"]),
    "unit": ('unit = "deg"', 'unit = "degs of arc"', fill, ["columns.bmaj.unit", "'degs of arc'"]),
    "one identifier of two sets": ('id = "{field}"', 'id = "{field[0:5]}"', fill, ["set.id", "{field}"]),
    "header of another image": (
        "", "", of_other_fields,
        [key("07420+30456E"), "99999+99999Z", "FIELDNAM", "07420+30456E"],
    ),
    "header of another projection": (
        "", "", of_another_projection,
        [key("07420+30456E"), "TAN; the description says SIN"],
    ),
    "keys of another survey": (
        "", "", of_another_survey,
        ["first/first/images/aa/07420+30456E_w1-int-3.fits", "1%"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_file_place_and_rule_and_nothing_is_published(
    name: str, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, make, told = WRONG[name]
    assert old in DESCRIBED
    file = tmp_path / "first.toml"
    file.write_text(DESCRIBED.replace(old, new) if old else DESCRIBED)
    make(place.tree)
    for command in (
        ["survey", "check", str(file), place.name],
        ["archive", "index", place.name, "--survey", str(file)],
    ):
        assert main(command) == 3
        said = capsys.readouterr().err
        assert said.startswith("first.toml: ")
        assert all(words in said for words in told), said
    assert place.published() == []


def test_what_is_right_is_published_after_it_was_checked(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "first.toml"
    file.write_text(DESCRIBED)
    fill(place.tree)
    assert main(["survey", "check", str(file), place.name]) == 0
    assert "3 images, 0 companions, 0 ignored, 0 unmatched" in capsys.readouterr().out
    assert place.published() == []
    assert main(["archive", "index", place.name, "--survey", str(file)]) == 0
    assert "inventory/first/current" in place.published()


def test_a_bucket_that_is_not_there_is_no_empty_tree(
    server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    file = tmp_path / "first.toml"
    file.write_text(DESCRIBED)
    assert main(["survey", "check", str(file), "s3://no-such-bucket/tree"]) == 1
    assert "404" in capsys.readouterr().err
