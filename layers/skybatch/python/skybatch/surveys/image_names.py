"""Titles and file names of images, by the templates of their survey's description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from skybatch.surveys.image_id import ImageId, product_of
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from skybatch.surveys.description.keys import FieldValue

Name = Literal["sia", "title", "obs", "file", "colour"]


def image_name(name: Name, image: ImageId, image_type: ImageType) -> str:
    """Return a title or file name of an image."""
    return name_writer(name, image.dataset, image.band, image_type)(image.fields)


def name_writer(
    name: Name, dataset: str, band: str, image_type: ImageType
) -> Callable[[Mapping[str, FieldValue]], str]:
    """Return the function that gives a title or file name for the fields of an image set.

    For tables of many images of one band; the parts that are the same for all are looked up once.
    """
    from skybatch.surveys.description.keys import parts_of
    from skybatch.surveys.description.templates import Template

    survey = survey_of(dataset)
    template, set_id = Template(getattr(survey.names, name)), Template(survey.set.id)
    product = product_of(survey, image_type)
    parts = parts_of(survey, survey.datasets[dataset], survey.bands[band], product)
    with_id = "id" in template.names

    def write(fields: Mapping[str, FieldValue]) -> str:
        more = {"id": set_id.format(fields)} if with_id else {}
        return template.format({**parts, **fields, **more})

    return write


def image_set_id(dataset: str, fields: Mapping[str, FieldValue]) -> str:
    """Return the identifier of an image set in requests and tables: ``001126n1010266``."""
    from skybatch.surveys.description.templates import Template

    return Template(survey_of(dataset).set.id).format(fields)
