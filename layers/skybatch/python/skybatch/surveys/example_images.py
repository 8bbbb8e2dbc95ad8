"""An image of each data set that examples of calls can be about, as far as the archive says one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ExampleImage:
    """An image that the archive holds.

    Attributes
    ----------
    address
        Its path below the archive's addresses, such as ``wise/allwise/p3am_cdd/…``.
    image_id, band
        The identifier of its image set, and its band.
    ra, dec
        Its middle, ICRS degrees.
    columns, rows
        Its pixels.
    """

    address: str
    image_id: str
    band: str
    ra: float
    dec: float
    columns: int
    rows: int


_known: dict[str, ExampleImage] = {}


def remember_examples(images: Mapping[str, ExampleImage]) -> None:
    """Say of which image examples of each data set are; none of others."""
    _known.clear()
    _known.update(images)


def example_image(dataset: str) -> ExampleImage | None:
    """Return the image that examples of a data set are about; None where the archive names none."""
    return _known.get(dataset)
