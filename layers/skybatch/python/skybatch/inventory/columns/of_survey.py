"""Which columns an inventory keeps of a survey's image sets, by the survey's description."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from skybatch.inventory.columns.band_columns import OWN
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_type import ImageType

TILE_PLACES = ("tile_table", "tile_heap")


@dataclass(frozen=True, eq=False)
class ColumnsOfSurvey:
    """The names of columns, in groups of one kind of values each.

    ``bands_apart`` says that each band of an image set has a row of its own.
    """

    survey: Survey
    bands_apart: bool = False

    @cached_property
    def integers(self) -> tuple[str, ...]:
        """Whole numbers of sets."""
        fields = [name for name, field in self.survey.fields.items() if field.type == "int"]
        return tuple(dict.fromkeys([*self._of_sets("int", "long"), *fields, "header_blocks"]))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Text of sets."""
        fields = [name for name, field in self.survey.fields.items() if field.type != "int"]
        return tuple(dict.fromkeys([*fields, *self._of_sets("char")]))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Numbers of sets that need not be whole."""
        return self._of_sets("double")

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Numbers of each band of a set."""
        return self._of("band", "double")

    @cached_property
    def band_integers(self) -> tuple[str, ...]:
        """Whole numbers of each band of a set."""
        return self._of("band", "int", "long")

    @cached_property
    def band_texts(self) -> tuple[str, ...]:
        """Text of each band of a set."""
        return self._of("band", "char")

    @cached_property
    def of_images(self) -> tuple[str, ...]:
        """All that is kept of each band of a set beside sizes."""
        return (*self.measures, *self.band_integers, *self.band_texts, *self.tile_places)

    @cached_property
    def products(self) -> dict[ImageType, str]:
        """The product of each type of image."""
        return {ImageType(word): product for word, product in self.survey.requests.image_types.items()}

    @property
    def bands(self) -> tuple[str, ...]:
        """Ids of the bands."""
        return tuple(self.survey.bands)

    @property
    def stored_bands(self) -> tuple[str, ...]:
        """What stands for the bands in names of columns."""
        return (OWN,) if self.bands_apart else self.bands

    @property
    def tile_places(self) -> tuple[str, ...]:
        """Where table and heap of tile-compressed images begin, by band."""
        return TILE_PLACES

    def held_bit(self, product: str, band: str) -> int:
        """Return the number of the bit in ``held`` that stands for a product's image in a stored band."""
        bands = self.stored_bands
        return list(self.products.values()).index(product) * len(bands) + bands.index(band)

    def _of_sets(self, *types: str) -> tuple[str, ...]:
        return self._of("set", *types)

    def _of(self, what: str, *types: str) -> tuple[str, ...]:
        columns = self.survey.columns.items()
        return tuple(name for name, column in columns if column.of == what and column.type in types)
