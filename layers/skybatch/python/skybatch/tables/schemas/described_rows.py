"""What a survey's description says of the images of a table: titles, names, filters, products."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.surveys.description.keys import FieldValue
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_names import Name, file_stem_writer, name_writer
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of
from skybatch.tables.model import Values
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
        is_quicklook = np.asarray(self.images.type) == ImageType.QUICKLOOK.letter
        suffixes = np.where(is_quicklook, self.facts.get("quicklook_suffix", ""), self.facts["suffix"])
        stems = self._written(file_stem_writer)
        return [f"{stem}{suffix}" for stem, suffix in zip(stems, suffixes.tolist(), strict=True)]

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
        return [self.survey.header.wcs[0][:3] if self.survey.header.wcs else ""] * len(self.images)

    def _written(self, writer: Callable[[str, str, ImageType], Writer]) -> list[str]:
        """Return a text of each image, from a writer for each of the few kinds of them."""
        images, writers, texts = self.images, {}, []
        kinds = zip(images.dataset, images.band, images.type, strict=True)
        for (dataset, band, letter), fields in zip(kinds, self.fields(), strict=True):
            if (dataset, band, letter) not in writers:
                writers[dataset, band, letter] = writer(dataset, band, ImageType.of_letter(letter))
            texts.append(writers[dataset, band, letter](fields))
        return texts
