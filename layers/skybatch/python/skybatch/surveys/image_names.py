"""Titles and file names of images, by the templates of their survey's description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from skybatch.surveys.image_id import ImageId, product_of
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

Fields: TypeAlias = Mapping[str, str | int]
Name = Literal["sia", "title", "obs", "file", "colour"]


def image_name(name: Name, image: ImageId, image_type: ImageType) -> str:
    """Return a title or file name of an image."""
    return name_writer(name, image.dataset, image.band, image_type)(image.fields)


def name_writer(name: Name, dataset: str, band: str, image_type: ImageType) -> Callable[[Fields], str]:
    """Return the function that gives a title or file name for the fields of an image set.

    For tables of many images of one band; the parts that are the same for all are looked up once.
    """
    return _writer(getattr(survey_of(dataset).names, name), dataset, band, image_type)


def file_stem_writer(dataset: str, band: str, image_type: ImageType) -> Callable[[Fields], str]:
    """Return the function that gives the name of an image's file in the archive, without suffix."""
    survey = survey_of(dataset)
    key = survey.product[product_of(survey, image_type)].key
    return _writer(key.rpartition("/")[2], dataset, band, image_type)


def key_stem_writer(dataset: str, band: str, product: str) -> Callable[[Fields], str]:
    """Return the function that gives the key of a product's file below its data set's prefix, unending."""
    return _product_writer(survey_of(dataset).product[product].key, dataset, band, product)


def file_stem_fields(dataset: str, image_type: ImageType) -> tuple[str, ...]:
    """Return the fields of an image set that the name of an image's file is made of."""
    from skybatch.surveys.description.templates import Template

    survey = survey_of(dataset)
    names = Template(survey.product[product_of(survey, image_type)].key.rpartition("/")[2]).names
    return tuple(name for name in survey.set.fields if name in names or "id" in names)


def image_set_id(dataset: str, fields: Fields) -> str:
    """Return the identifier of an image set in requests and tables: ``001126n1010266``."""
    return survey_of(dataset).set_id.format(fields)


def _writer(text: str, dataset: str, band: str, image_type: ImageType) -> Callable[[Fields], str]:
    return _product_writer(text, dataset, band, product_of(survey_of(dataset), image_type))


def _product_writer(text: str, dataset: str, band: str, product: str) -> Callable[[Fields], str]:
    # Here, because a worker starts without a description.
    from skybatch.surveys.description.keys import parts_of
    from skybatch.surveys.description.templates import Template

    template = Template(text)
    survey = survey_of(dataset)
    parts = parts_of(survey, survey.datasets[dataset], survey.bands[band], product)
    set_id = survey.set_id if "id" in template.names else None

    def write(fields: Fields) -> str:
        if set_id is None:
            return template.format({**parts, **fields})
        return template.format({**parts, **fields, "id": set_id.format(fields)})

    return write
