"""Records of the service and its data sets: valid by the IVOA's schemas, and true of what is held."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from skybatch.errors import NotFound
from skybatch.vo.registry.records import SERVICE, Deployment, record, record_ids
from tests.support.registry.validation import violations
from tests.support.survey.sample_archive import MadeArchive

HERE = Deployment("https://sky.example.org", "2026-11-28T00:00:00Z")


def document(name: str, archive: MadeArchive) -> str:
    return record(name, HERE, ["asky"], lambda dataset: archive.open(dataset, None))


@pytest.mark.parametrize("name", record_ids(["asky"]))
def test_a_record_is_valid(name: str, sample_archive: MadeArchive, tmp_path: Path) -> None:
    assert violations(document(name, sample_archive), tmp_path) == ""


def test_a_record_that_is_not_is_found_out(sample_archive: MadeArchive, tmp_path: Path) -> None:
    broken = document(SERVICE, sample_archive).replace("<shortName>", "<shortName>more than sixteen letters ")
    assert "ShortName" in violations(broken, tmp_path)


@pytest.mark.parametrize(
    ("name", "standards"),
    [
        (SERVICE, {"SIA#query-2.0", "SODA#sync-1.0", "DataLink#links-1.1", "VOSI#availability"}),
        ("2mass-asky", {"SIA", "VOSI#availability", "VOSI#capabilities"}),
    ],
)
def test_a_record_names_its_services(name: str, standards: set[str], sample_archive: MadeArchive) -> None:
    root = ElementTree.fromstring(document(name, sample_archive))
    told = {
        str(each.get("standardID")).removeprefix("ivo://ivoa.net/std/") for each in root.iter("capability")
    }
    assert standards <= told
    assert root.findtext("identifier") == f"ivo://sky.example.org/skybatch/{name}"
    assert [each.text for each in root.iter("waveband")] == ["Infrared"]
    assert all(str(url.text).startswith(HERE.root) for url in root.iter("accessURL"))


@pytest.mark.parametrize("name", record_ids(["asky"]))
def test_what_is_closed_is_not_named(name: str, sample_archive: MadeArchive, tmp_path: Path) -> None:
    closed = Deployment(HERE.root, HERE.updated, lambda _: True)
    text = record(name, closed, ["asky"], lambda dataset: sample_archive.open(dataset, None))
    assert "standardID" not in text
    assert violations(text, tmp_path) == ""


def test_the_test_query_finds_images(sample_archive: MadeArchive) -> None:
    root = ElementTree.fromstring(document("2mass-asky", sample_archive))
    ra, dec = (float(root.findtext(f"capability/testQuery/pos/{axis}") or "nan") for axis in ("long", "lat"))
    assert sample_archive.open("asky", None).positions(ra, dec).set_index.size > 0


def test_there_are_no_other_records(sample_archive: MadeArchive) -> None:
    with pytest.raises(NotFound, match="2mass-asky"):
        document("2mass-nothing", sample_archive)
