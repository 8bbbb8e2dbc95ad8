"""Image sets that read what is used of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from skybatch.errors import InventoryError
from skybatch.inventory.columns.band_columns import BandColumns
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.lazy_sets import lazy_sets
from skybatch.inventory.set_columns import Columns, grids_of, set_columns
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids, Projection
from skybatch.surveys.image_type import ImageType
from tests.support.survey.synthetic_survey import synthetic


class Source:
    """Columns in memory; ``read`` are the names of those that were used."""

    dataset = "asky"
    frame = ImageFrame.ICRS
    templates = ()
    bands_apart = False

    def __init__(self, columns: Columns) -> None:
        self.columns, self.read = columns, set[str]()

    def values(self, name: str, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        self.read.add(name)
        return self.columns[name][rows]

    def has(self, name: str) -> bool:
        return name in self.columns

    def own_bands(self, rows: slice | NDArray[np.integer]) -> None:
        return None

    @property
    def grids(self) -> PixelGrids:
        return grids_of(self.columns["grids"])

    def footprints(self, rows: slice | NDArray[np.integer]) -> Footprints:
        self.read.add("places")
        crval, rotation, grid = (self.columns[name][rows] for name in ("crval", "rot", "grid"))
        return Footprints(crval[:, 0], crval[:, 1], rotation, grid, self.grids, self.frame)

    def fetch(self, rows: slice | NDArray[np.integer], names: tuple[str, ...] | None = None) -> None:
        self.read.update(["all"] if names is None else names)


@pytest.fixture
def source() -> Source:
    return Source(set_columns(synthetic(20)).columns)


def test_only_columns_that_are_used_are_read(source: Source) -> None:
    sets = lazy_sets(source, np.array([3, 5, 1]))
    assert len(sets) == 3
    assert source.read == set()
    assert len(sets.magzp["k"]) == 3
    assert source.read == {"magzp.k"}
    assert sets.take(np.array([True, False, True])).scan.tolist() == [sets.scan[0], sets.scan[2]]
    assert source.read == {"magzp.k", "scan"}
    assert sets.frame is ImageFrame.ICRS


def test_what_is_held_is_known_without_sizes(source: Source) -> None:
    sets = lazy_sets(source, np.arange(10))
    assert sets.held(ImageType.QUICKLOOK, "h").all()
    assert source.read == {"held"}


def test_sets_made_of_them_hold_all(source: Source) -> None:
    sets = lazy_sets(source, np.arange(4, 9))
    assert "all" not in source.read
    loaded, changed = sets.loaded(), replace(sets, coadd_key=np.arange(5))
    for made in (loaded, changed):
        assert type(made) is ImageSets
        assert np.array_equal(made.date, sets.date)
        assert np.array_equal(made.footprints().crval1, sets.crval1)
    assert isinstance(loaded.bytes, dict)
    assert "all" in source.read
    assert changed.coadd_key.tolist() == [0, 1, 2, 3, 4]


def test_shape_of_grids_is_kept(source: Source) -> None:
    assert lazy_sets(source, np.arange(3)).skew is None
    source.columns["grids"][:, 7] = Projection.TAN
    sets = lazy_sets(source, np.arange(3))
    assert sets.projection is not None
    assert sets.projection.tolist() == [Projection.TAN] * 3
    assert sets.loaded().footprints().grids.projection is not None


def test_an_unknown_field_is_no_attribute(source: Source) -> None:
    sets = lazy_sets(source, np.arange(3))
    assert not hasattr(sets, "ra1")
    with pytest.raises(KeyError):
        sets.bytes["x"]


@pytest.mark.parametrize(
    ("column", "value", "use"),
    [
        ("date", 255, lambda sets: sets.date),
        ("date.words", b"\xff", lambda sets: sets.date),
        ("crval", np.nan, lambda sets: sets.crval1),
        ("rot", np.inf, lambda sets: sets.crota2),
    ],
)
def test_a_damaged_column_is_named_when_it_is_used(source: Source, column: str, value: Any, use: Any) -> None:
    source.columns[column] = np.array(source.columns[column])
    source.columns[column][:] = value
    sets = lazy_sets(source, np.arange(3))
    with pytest.raises(InventoryError, match=r"date|crval1|crota2"):
        use(sets)


def test_bands_are_made_once() -> None:
    made: list[str] = []

    def make(band: str) -> str:
        made.append(band)
        return band.upper()

    columns = BandColumns(("j", "h", "k"), make)
    assert (columns["j"], columns["j"], list(columns), len(columns)) == ("J", "J", ["j", "h", "k"], 3)
    assert made == ["j"]
