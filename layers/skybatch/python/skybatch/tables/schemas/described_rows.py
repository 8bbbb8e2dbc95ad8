"""What a survey's description says of the images of a table: titles, names, filters, products."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.pixel_grids import Projection
from skybatch.surveys.cloud_access import cloud_access
from skybatch.surveys.description.keys import FieldValue
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_id import dataset_prefix, product_of
from skybatch.surveys.image_names import Name, file_stem_writer, key_stem_writer, name_writer
from skybatch.surveys.image_times import times_taken
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of
from skybatch.tables.model import Values
from skybatch.tables.schemas.axis_types import axis_types, equinox
from skybatch.tables.schemas.image_rows import ImageRows

Fields = Mapping[str, FieldValue]
Writer = Callable[[Fields], str]


@dataclass(frozen=True)
class DescribedRows:
    """The images of a table, all of one survey; ``facts`` are (n,) arrays by name."""

    survey: Survey
    facts: Mapping[str, NDArray[Any]]
    images: ImageRows

    def fields(self) -> Iterator[Fields]:
        """Yield the fields of each image's set."""
        names = self.survey.set.fields
        for values in zip(*(self.facts[name].tolist() for name in names), strict=True):
            yield dict(zip(names, values, strict=True))

    def of_band(self, what: str) -> Values:
        """Return something of each image's band."""
        values = {band.id: getattr(band, what) for band in self.survey.band}
        return [values[band] for band in self.images.band]

    def of_product(self, what: str) -> Values:
        """Return something of each image's product."""
        values = {product.type: getattr(product, what) for product in self.survey.images.values()}
        return [values[letter] for letter in self.images.type]

    def titles(self, name: Name) -> Values:
        """Return titles such as ``6X Catalog J-Band Atlas Image: 001114 n 046 0033``."""
        return self._written(lambda dataset, band, kind: name_writer(name, dataset, band, kind))

    def file_names(self) -> Values:
        """Return the names of the files in the survey's archive."""
        stems = self._written(file_stem_writer)
        return [f"{stem}{suffix}" for stem, suffix in zip(stems, self._suffixes(), strict=True)]

    def survey_ids(self) -> Values:
        """Return the identifier of each image's survey: its data set as a survey of its own."""
        ids = {dataset: survey_of(dataset).survey_id(dataset) for dataset in set(self.images.dataset)}
        return [ids[dataset] for dataset in self.images.dataset]

    def image_ids(self) -> Values:
        """Return the identifier of each image's set."""
        template = self.survey.set_id
        return [template.format(fields) for fields in self.fields()]

    def projections(self) -> Values:
        """Return the three letters of each image's projection."""
        return [axis_types(self.survey, each)[0][5:] for each in self._projections()]

    def axis_types(self, axis: int) -> Values:
        """Return CTYPE of an axis, 1 or 2: ``RA---SIN``."""
        return [axis_types(self.survey, each)[axis - 1] for each in self._projections()]

    def equinoxes(self) -> Values:
        """Return the equinox of the coordinates in years, null of those that have none."""
        return [equinox(self.survey)] * len(self.images)

    def middles(self) -> Values:
        """Return the middle of each image's exposure, Modified Julian Date; null where it is unknown."""
        taken = times_taken(self.survey, self.images.band, lambda name: np.asarray(self.facts[name]))
        if taken is None:
            return [None] * len(self.images)
        return (taken[0] + taken[1]) / 2.0

    def companions(self, product: str) -> Values:
        """Return the address of each image's file of another product; null where no service is known."""
        service, form = self.images.service, self.survey.product[product].forms[0]
        if not service:
            return [None] * len(self.images)
        stems = self._written(lambda dataset, band, _: key_stem_writer(dataset, band, product))
        prefixes = {name: self.survey.address(name) for name in set(self.images.dataset)}
        pairs = zip(self.images.dataset, stems, strict=True)
        return [f"{service}/ibe/data/{prefixes[dataset]}{stem}.{form}" for dataset, stem in pairs]

    def cloud_access(self) -> Values:
        """Return where each image lies for whoever reads the cloud, JSON; null where only the service may."""
        place = self.survey.place
        if place.access != "anonymous":
            return [None] * len(self.images)
        stems = self._written(
            lambda dataset, band, kind: key_stem_writer(dataset, band, product_of(self.survey, kind))
        )
        prefixes = {name: dataset_prefix(name) for name in set(self.images.dataset)}
        rows = zip(self.images.dataset, stems, self._suffixes(), strict=True)
        keys = [f"{prefixes[dataset]}{stem}{suffix}" for dataset, stem, suffix in rows]
        return [cloud_access(place, key) for key in keys]

    def _projections(self) -> list[Projection]:
        codes = self.facts.get("projection")
        if codes is None:
            return [Projection.SIN] * len(self.images)
        return [Projection(int(code)) for code in codes]

    def _suffixes(self) -> list[str]:
        is_quicklook = np.asarray(self.images.type) == ImageType.QUICKLOOK.letter
        stored = np.where(is_quicklook, self.facts.get("quicklook_suffix", ""), self.facts["suffix"])
        suffixes: list[str] = stored.tolist()
        return suffixes

    def _written(self, writer: Callable[[str, str, ImageType], Writer]) -> list[str]:
        """Return a text of each image, from a writer for each of the few kinds of them."""
        images, writers, texts = self.images, {}, []
        kinds = zip(images.dataset, images.band, images.type, strict=True)
        for (dataset, band, letter), fields in zip(kinds, self.fields(), strict=True):
            if (dataset, band, letter) not in writers:
                writers[dataset, band, letter] = writer(dataset, band, ImageType.of_letter(letter))
            texts.append(writers[dataset, band, letter](fields))
        return texts
