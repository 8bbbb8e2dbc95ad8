"""The part of a description that says what may be requested."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from skybatch.surveys.description.described import described

Mode = Literal["region", "positions", "image_ids", "coadd_keys", "scan", "scans"]
Relation = Literal["overlap", "cover", "enclosed"]
IMAGE_TYPES = ("atlas", "quicklook")  # as in `ImageType`
DEFAULT_IMAGE_TYPE = "atlas"


@described
class Colour:
    """Colour pictures: bands of red, green and blue, a column of zero points, the band others are put on."""

    bands: tuple[str, str, str]
    zero: str = ""
    reference: str = ""


@described
class Requests:
    """What may be asked.

    Attributes
    ----------
    headline
        Headline of the form; by default that there are images of the survey.
    modes, relations
        Modes of a request, and relations of images to a region.
    diameter
        Least and largest diameter of a region, degrees.
    default_form
        Form in which whole images are delivered by default.
    image_types
        The product of each word for a type of image.
    caution
        What users of a type of image must know.
    colour
        Colour pictures, where the bands allow them.
    example
        The fields of an example of each mode.
    """

    headline: str = ""
    modes: tuple[Mode, ...] = ("region", "positions", "image_ids")
    diameter: tuple[float, float] = (0.05, 7.0)
    default_form: Literal["fits.gz", "fits", "fz"] = "fits"
    relations: tuple[Relation, ...] = ("overlap", "cover", "enclosed")
    image_types: Mapping[str, str] = field(default_factory=dict)
    caution: Mapping[str, str] = field(default_factory=dict)
    colour: Colour | None = None
    example: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
