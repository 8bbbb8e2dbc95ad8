"""Metadata tables imported: every format and column set gives the same inventory, bad ones change nothing."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from skybatch.archive.import_tables import import_tables
from skybatch.errors import InvalidRequest, InventoryError
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key, quicklook_key
from skybatch.surveys.twomass.bands import BANDS
from tests.support.survey.synthetic_survey import synthetic

COLUMNS = ("crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crota2", "naxis1", "naxis2")
SETS = synthetic(3, dataset="sx")


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    return DirectoryTree(tmp_path / "archive")


def native(rows: int = len(SETS) * 3) -> Table:
    """The columns of the archive's own search."""
    which, band = np.arange(rows) // 3, np.arange(rows) % 3
    table = Table()
    table["ordate"], table["hemisphere"] = SETS.date[which], SETS.hem[which]
    table["scanno"], table["coaddno"] = SETS.scan[which], SETS.image[which]
    table["filter"] = np.array(BANDS)[band]
    table["fname"] = [f"{BANDS[b]}i.fits.gz" for b in band]
    table["ut_date"], table["coadd_key"] = SETS.ut_date[which], SETS.coadd_key[which]
    for name in COLUMNS:
        table[name] = getattr(SETS, name)[which]
    for name in ("seesh", "magzp", "msnr10"):
        table[name] = [getattr(SETS, name)[BANDS[b]][w] for w, b in zip(which, band, strict=True)]
    return table


def inventoried(rows: int = len(SETS) * 3) -> Table:
    """The columns of the batch service's image inventory; each image has a page beside it."""
    source = native(rows)
    table = Table()
    table["name"] = ["6X Catalog, Atlas Image"] * rows
    table["format"] = "image/fits"
    table["naxis"] = [f"{r['naxis1']} {r['naxis2']}" for r in source]
    table["scale"] = [f"{float(r['cdelt1'])!r} {float(r['cdelt2'])!r}" for r in source]
    table["crpix"] = [f" {r['crpix1']} {r['crpix2']}" for r in source]
    table["crval"] = [f"{float(r['crval1'])!r} {float(r['crval2'])!r}" for r in source]
    table["crota2"] = source["crota2"]
    table["band"] = [band.upper() for band in source["filter"]]
    table["type"], table["dataset"] = "A", "sx"
    for ours, theirs in {"date": "ordate", "hem": "hemisphere", "scan": "scanno", "image": "coaddno"}.items():
        table[ours] = source[theirs]
    for name in ("ut_date", "coadd_key", "seesh", "magzp", "msnr10"):
        table[name] = source[name]
    return table


def written(table: Table, path: Path, form: str) -> Path:
    table.write(path, format=form, overwrite=True)
    return path


FORMATS = {"votable": ".xml", "ascii.csv": ".csv", "ascii.ipac": ".tbl", "ascii.tab": ".tsv"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("columns", [native, inventoried])
def test_every_form_of_a_table_gives_the_same_inventory(
    tree: DirectoryTree, tmp_path: Path, form: str, columns: Callable[[], Table]
) -> None:
    for band in BANDS:
        tree.write(atlas_key(SETS.image_id(5, band)), b"i" * (100 + BANDS.index(band)))
    tree.write(quicklook_key(SETS.image_id(5, "h")), b"q" * 9)
    path = written(columns(), tmp_path / f"table{FORMATS[form]}", form)
    report = import_tables(tree, "sx", [path])
    assert (report.sets, report.images, report.quicklooks, report.numbered) == (len(SETS), 3, 1, 0)
    assert report.problems == ()
    inventory = Inventory.open(tree, "sx")
    assert not inventory.numbered
    details = inventory.details(inventory.by_coadd_key(SETS.coadd_key))
    for name in (*COLUMNS, "date", "hem", "scan", "image", "ut_date", "coadd_key"):
        assert np.array_equal(getattr(details, name), getattr(SETS, name)), name
    for name in ("seesh", "magzp", "msnr10"):
        for band in BANDS:
            assert np.array_equal(getattr(details, name)[band], getattr(SETS, name)[band]), name
    assert [details.bytes[band][5] for band in BANDS] == [100, 101, 102]
    assert details.bytes["j"].sum() == 100
    assert details.quicklook_bytes["h"][5] == 9
    assert set(details.header_blocks.tolist()) == {4}


def test_tables_of_centres_get_the_survey_grid(tree: DirectoryTree, tmp_path: Path) -> None:
    table = native()
    table["ra"], table["dec"] = table["crval1"], table["crval2"]
    table.remove_columns(["crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "ut_date"])
    table.rename_column("ordate", "xdate")
    import_tables(tree, "sx", [written(table, tmp_path / "t.tbl", "ascii.ipac")])
    inventory = Inventory.open(tree, "sx")
    details = inventory.details(inventory.by_coadd_key(SETS.coadd_key))
    for name in COLUMNS:
        assert np.array_equal(getattr(details, name), getattr(SETS, name)), name
    assert np.array_equal(details.ut_date, SETS.date)


def test_the_genuine_example_is_read(survey_data: Path, tree: DirectoryTree) -> None:
    report = import_tables(tree, "asky", [survey_data / "nph-im_sia.example.xml"])
    inventory = Inventory.open(tree, "asky")
    details = inventory.details(inventory.by_coadd_key([443573]))
    assert (details.date[0], details.hem[0], details.scan[0], details.image[0]) == ("990309", "s", 63, 209)
    assert (details.crval1[0], details.crota2[0]) == (139.7273514, -0.0104152681)
    assert [details.magzp[band][0] for band in "jh"] == [20.9001, 20.4546]
    assert report.images == 0


def test_several_tables_and_gzip_make_one_inventory(tree: DirectoryTree, tmp_path: Path) -> None:
    table = native()
    one, two = tmp_path / "1.csv", tmp_path / "2.csv.gz"
    written(table[:120], one, "ascii.csv")
    written(table[100:], tmp_path / "2.csv", "ascii.csv")
    two.write_bytes(gzip.compress((tmp_path / "2.csv").read_bytes()))
    done: list[int] = []
    assert import_tables(tree, "sx", [one, two], progress=done.append).sets == len(SETS)
    assert sum(done) == len(table) + 20


def test_what_is_stored_but_in_no_table_is_reported(tree: DirectoryTree, tmp_path: Path) -> None:
    stray = ImageId("sx", "990101", "n", 3, 9, "j")
    tree.write(atlas_key(stray), b"x")
    tree.write(atlas_key(SETS.image_id(0, "k")), b"xx")
    tree.write(atlas_key(SETS.image_id(0, "k"), ".fits"), b"xxx")
    report = import_tables(tree, "sx", [written(native(), tmp_path / "t.csv", "ascii.csv")])
    reasons = {problem.place: problem.reason for problem in report.problems}
    assert reasons.pop(atlas_key(stray)) == "in no metadata table"
    assert "a second file for the image" in reasons.popitem()[1]


BAD = {
    "scanno '1000': must be a whole number from 1 to 999": ("scanno", "1000"),
    "coaddno '0': must be a whole number from 1 to 9999": ("coaddno", "0"),
    "ordate '991350': must be a date yymmdd": ("ordate", "991350"),
    "hemisphere 'e': must be one of n, s": ("hemisphere", "e"),
    "filter 'v': must be one of j, h, k": ("filter", "v"),
    "coadd_key '-3': must be a whole number": ("coadd_key", "-3"),
    "crval1 'abc': must be a number": ("crval1", "abc"),
    "crval2 '95': must be a number from -90 to 360|must be a right ascension": ("crval2", "95"),
    "crota2 '': must not be empty": ("crota2", "nan"),
    "naxis1 '0': must be a number from 1": ("naxis1", "0"),
    "cdelt '0': must not be 0": ("cdelt1", "0"),
    "crval1 '': must not be empty": ("crval1", "null"),
    "magzp 'bright': must be a number": ("magzp", "bright"),
}


@pytest.mark.parametrize("rule", BAD)
def test_an_impossible_value_refuses_the_import_naming_file_and_line(
    tree: DirectoryTree, tmp_path: Path, rule: str
) -> None:
    import_tables(tree, "sx", [written(native(9), tmp_path / "good.csv", "ascii.csv")])
    before = Inventory.open(tree, "sx").version
    column, value = BAD[rule]
    table = native()
    table[column] = table[column].astype(object)
    table[column][7] = value
    path = written(table, tmp_path / "bad.csv", "ascii.csv")
    with pytest.raises(InvalidRequest) as refusal:
        import_tables(tree, "sx", [path])
    assert f"{path}, line 9, " in refusal.value.detail
    assert any(part in refusal.value.detail for part in rule.split("|"))
    assert refusal.value.errors[0].line == 9
    assert Inventory.open(tree, "sx").version == before


def test_all_bad_lines_are_named_together_up_to_a_hundred(tree: DirectoryTree, tmp_path: Path) -> None:
    table = native()
    table["scanno"] = 0
    with pytest.raises(InvalidRequest) as refusal:
        import_tables(tree, "sx", [written(table, tmp_path / "t.csv", "ascii.csv")])
    assert [error.line for error in refusal.value.errors] == list(range(2, 102))


def test_missing_columns_are_named(tree: DirectoryTree, tmp_path: Path) -> None:
    for column, named in {
        "coadd_key": "coadd_key",
        "filter": "band or filter",
        "naxis2": "naxis2",
        "crota2": "crota2",
    }.items():
        table = native()
        table.remove_column(column)
        path = written(table, tmp_path / "t.csv", "ascii.csv")
        with pytest.raises(InvalidRequest, match=rf"t\.csv: no column {named}"):
            import_tables(tree, "sx", [path])


def test_another_data_set_and_no_images_at_all_are_refused(tree: DirectoryTree, tmp_path: Path) -> None:
    path = written(inventoried(), tmp_path / "t.csv", "ascii.csv")
    with pytest.raises(InvalidRequest, match="line 2, dataset 'sx': is not asky"):
        import_tables(tree, "asky", [path])
    table = inventoried()
    table["type"] = "Q"
    with pytest.raises(InventoryError, match="no Atlas image"):
        import_tables(tree, "sx", [written(table, path, "ascii.csv")])


def test_two_lines_that_differ_about_an_image_are_refused(tree: DirectoryTree, tmp_path: Path) -> None:
    table = native(30)
    table.add_row(table[4])
    path = written(table, tmp_path / "t.csv", "ascii.csv")
    assert import_tables(tree, "sx", [path]).sets == 10
    table["crval2"][-1] += 0.001
    written(table, path, "ascii.csv")
    with pytest.raises(InvalidRequest, match="lines 6 and 32: different values of twomass/sixxcat"):
        import_tables(tree, "sx", [path])


def test_a_band_with_another_key_is_left_out_and_named(tree: DirectoryTree, tmp_path: Path) -> None:
    table = native(30)
    table["coadd_key"][5] = 999_999
    report = import_tables(tree, "sx", [written(table, tmp_path / "t.csv", "ascii.csv")])
    assert [problem.place for problem in report.problems] == [atlas_key(SETS.image_id(1, "k"))]


ENTITY = '<!DOCTYPE V [<!ENTITY a "b">]>'
# What is wrong: (form, a text in the file, what stands there instead the first time)
BROKEN = {
    "line 2: this row has 21 values for 20 columns": ("ascii.csv", "\n", "\n1,"),
    "line 5: a value stands below a bar": ("ascii.ipac", "\n ", "\nx"),
    "not well formed": ("votable", "</TR>", ""),
    "BINARY data without a STREAM": ("votable", "<TABLEDATA>", "<BINARY/><TABLEDATA>"),
    "entity declarations are not accepted": ("votable", "<VOTABLE", f"{ENTITY}\n<VOTABLE"),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_broken_file_is_named_with_its_line(tree: DirectoryTree, tmp_path: Path, reason: str) -> None:
    form, there, instead = BROKEN[reason]
    path = written(native(6), tmp_path / "t", form)
    text = path.read_text()
    assert there in text
    path.write_text(text.replace(there, instead, 1))
    with pytest.raises(InvalidRequest, match=reason) as refusal:
        import_tables(tree, "sx", [path])
    assert f"{path}, line " in refusal.value.detail
