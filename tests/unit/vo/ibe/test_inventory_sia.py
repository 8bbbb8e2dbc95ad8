"""A genuine `nph-im_sia` answer beside ours to the same kind of question, fact by fact.

An inventory is imported from the genuine answer itself; then it is searched, and the two documents compared.
What differs is listed here, each with its reason; what is not listed is equal.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from astropy.io.votable import parse

from skybatch.archive.import_tables import import_tables
from skybatch.inventory.inventory import Inventory
from skybatch.sky.position import SkyPosition
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key
from skybatch.tables.schemas.search import SIA_ACCESS
from skybatch.tables.writers.formats import write
from skybatch.vo.ibe.inventory_sia import inventory_sia
from skybatch.vo.parameters import Parameters

ROOT = "https://skybatch.example"
# Spelled as VOTable's unit standard has them; the original's words are no units to any reader.
UNITS = {"meters": "m", "arcseconds": "arcsec"}
# The original leaves these without a unit; ours say what they are.
ADDED_UNITS = {"crpix": "pix", "magzp": "mag", "msnr10": "mag"}
# Likewise without a UCD.
ADDED_UCDS = {"id": "meta.id"}
# Null here, as this archive has no artifact tables; null as an empty cell, where the original writes "null".
NULLS = {"pers_art", "glint_art", "id", "scntr"}


@pytest.fixture(scope="module")
def theirs(survey_data: Path) -> Any:
    return parse(survey_data / "nph-im_sia.example.xml", verify="ignore")


@pytest.fixture(scope="module")
def their_text(survey_data: Path) -> str:
    return (survey_data / "nph-im_sia.example.xml").read_text("latin-1")


@pytest.fixture(scope="module")
def our_text(survey_data: Path, theirs: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    tree = DirectoryTree(tmp_path_factory.mktemp("archive"))
    for row in theirs.get_first_table().array:
        image = ImageId(
            "asky",
            str(row["date"]),
            str(row["hem"]),
            int(row["scan"]),
            int(row["image"]),
            row["band"].lower(),
        )
        tree.write(atlas_key(image), b"stored")
    import_tables(tree, "asky", [survey_data / "nph-im_sia.example.xml"])
    asked = Parameters.of({"POS": "139.75,-31.15", "SIZE": "0.5", "type": "at"})
    answer = inventory_sia(asked, Inventory.open(tree, "asky"), ROOT, _nobody)
    return write(answer.table, "xml").decode()


@pytest.fixture(scope="module")
def ours(our_text: str) -> Any:
    return parse(io.BytesIO(our_text.encode()), verify="ignore")


def _nobody(name: str) -> SkyPosition:
    raise AssertionError(f"{name} is a coordinate")


def test_fields_in_the_same_order_with_types_units_and_ucds(theirs: Any, ours: Any) -> None:
    expected = [
        (
            field.name,
            field.ID,
            field.datatype,
            field.arraysize,
            UNITS.get(str(field.unit), str(field.unit or ADDED_UNITS.get(field.name, ""))),
            field.ucd or ADDED_UCDS.get(field.name),
            field.ref,
        )
        for field in theirs.get_first_table().fields
    ]
    found = [
        (field.name, field.ID, field.datatype, field.arraysize, str(field.unit or ""), field.ucd, field.ref)
        for field in ours.get_first_table().fields
    ]
    assert found[: len(expected)] == expected
    assert [name for name, *_ in found[len(expected) :]] == [column.name for column in SIA_ACCESS]


def test_parameters_status_and_coordinate_system(theirs: Any, ours: Any) -> None:
    def facts(document: Any) -> list[Any]:
        resource, *services = document.resources
        assert all(service.type == "meta" for service in services)
        params = [(p.name, p.ucd, p.datatype, p.arraysize, p.value) for p in resource.params]
        systems = [*document.coordinate_systems, *resource.coordinate_systems]
        return [
            params,
            [(i.name, i.value) for i in resource.infos],
            [(s.ID, s.system, s.equinox) for s in systems],
        ]

    assert facts(ours) == facts(theirs)


def test_rows_in_the_same_order_with_the_same_values(theirs: Any, ours: Any) -> None:
    one, other = (document.get_first_table() for document in (theirs, ours))
    assert len(one.array) == len(other.array) == 18
    # Sets come in inventory order there and here; the two orders need not be one.
    keys = [list(dict.fromkeys(table.array["coadd_key"].tolist())) for table in (one, other)]
    assert sorted(keys[0]) == sorted(keys[1])
    for key in keys[0]:
        left, right = (table.array[table.array["coadd_key"] == key] for table in (one, other))
        for field in one.fields:
            if field.name not in NULLS | {"download"}:
                _same(left[field.name], right[field.name], field.name)


def _same(theirs: Any, ours: Any, name: str) -> None:
    if theirs.dtype == object and isinstance(theirs[0], np.ndarray):
        np.testing.assert_allclose(
            np.stack(ours.tolist()), np.stack(theirs.tolist()), atol=1e-11, err_msg=name
        )
    elif theirs.dtype.kind == "f":
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, err_msg=name)
    else:
        assert ours.tolist() == theirs.tolist(), name


def test_addresses_are_spelled_alike(theirs: Any, ours: Any) -> None:
    """But for the host, and for ``atdir``, a disk of the original."""

    def parts(document: Any) -> list[Any]:
        rows = document.get_first_table().array
        found = []
        for key, url in sorted(zip(rows["coadd_key"].tolist(), rows["download"].tolist(), strict=True)):
            split = urlsplit(url)
            query = parse_qs(split.query)
            query.pop("atdir", None)
            found.append((key, split.path, query))
        return found

    assert parts(ours) == parts(theirs)


def test_what_is_null_here_is_null(ours: Any) -> None:
    rows = ours.get_first_table().array
    for name in NULLS:
        assert all(str(value) == "" for value in rows[name].filled("").tolist()), name


def test_fields_link_to_the_same_pages_and_list_the_same_values(theirs: Any, ours: Any) -> None:
    def facts(document: Any) -> list[Any]:
        return [
            (
                field.name,
                [(link.content_role, link.content_type, link.href) for link in field.links],
                (field.values.type, field.values.options) if field.values.options else None,
            )
            for field in document.get_first_table().fields
        ]

    assert facts(ours)[: len(facts(theirs))] == facts(theirs)


@pytest.mark.parametrize("band", "JHK")
def test_programs_that_split_the_text_at_cdata_find_the_images_of_a_band(
    their_text: str, our_text: str, band: str
) -> None:
    def urls(text: str) -> list[str]:
        pieces = [piece.split("]]>")[0] for piece in text.split("<TD><![CDATA[")[1:]]
        return [piece for piece in pieces if re.match(f"https://.*{band.lower()}i.*fits", piece)]

    assert len(urls(our_text)) == len(urls(their_text)) == 3
    assert {urlsplit(url).path for url in urls(our_text)} == {"/cgi-bin/2MASS/IM/nph-im"}


def test_programs_that_look_for_words_that_end_in_fits_find_them(their_text: str, our_text: str) -> None:
    def names(text: str) -> list[str]:
        found = re.findall(r"(https?://\S+)\.fits", text)
        return sorted(f"{url}.fits".split("=")[-1] for url in found)

    assert len(names(our_text)) == 9
    assert names(our_text) == names(their_text)


def test_both_types_have_file_names_of_their_own(small_inventory: Inventory) -> None:
    first = small_inventory.details(np.array([0]))
    place = f"{first.crval1[0]},{first.crval2[0]}"
    asked = Parameters.of({"POS": place, "SIZE": "0.1", "FORMAT": "image/fits"})
    table = inventory_sia(asked, small_inventory, ROOT, _nobody).table
    names = [url.split("=")[-1] for url in table.data["url"]]
    assert len(set(names)) == len(names)
    assert {name.endswith("_ql.fits") for name in names} == {True, False}
    assert [kind == "Q" for kind in table.data["type"]] == [name.endswith("_ql.fits") for name in names]
