"""The identity of an image, and where an archive has its file: both ways, by its survey's description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from skybatch.errors import NotFound
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import key_layout, known_surveys, survey_if_known, survey_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skybatch.surveys.description.keys import FieldValue, StoredKey
    from skybatch.surveys.description.survey import Survey

# What the FITS standard's tile compression is known by; the last that is looked for.
TILED_SUFFIX = ".fits.fz"


class ImageId:
    """One image of a survey: a data set, the fields that name its image set, a band."""

    dataset: str
    band: str

    @property
    def fields(self) -> Mapping[str, FieldValue]:
        """The fields of its image set by name, in the survey's order."""
        raise NotImplementedError

    @property
    def stem(self) -> str:
        """The name of its file without suffix, e.g. ``ji1010266``."""
        layout = key_layout(survey_of(self.dataset).id)
        return layout.stem(_stored(self, ImageType.ATLAS)).rpartition("/")[2]


@dataclass(frozen=True, order=True)
class ScanImageId(ImageId):
    """One image of a scan: ``yymmdd`` date, hemisphere, scan, image number."""

    dataset: str
    date: str
    hem: str
    scan: int
    image: int
    band: str

    @property
    def fields(self) -> Mapping[str, FieldValue]:
        """The fields of its image set."""
        return {"date": self.date, "hem": self.hem, "scan": self.scan, "image": self.image}


@dataclass(frozen=True, order=True)
class SetImageId(ImageId):
    """One image of a survey without scans; ``values`` are those of the image set's fields, in order."""

    dataset: str
    values: tuple[FieldValue, ...]
    band: str

    @property
    def fields(self) -> Mapping[str, FieldValue]:
        """The fields of its image set."""
        return dict(zip(survey_of(self.dataset).set.fields, self.values, strict=True))


_SCAN_FIELDS = ("date", "hem", "scan", "image")


def identify(dataset: str, fields: Mapping[str, FieldValue], band: str) -> ImageId:
    """Return the identity of an image by the fields of its image set."""
    if tuple(fields) == _SCAN_FIELDS:
        date, hem, scan, image = fields.values()
        return ScanImageId(dataset, str(date), str(hem), int(scan), int(image), band)
    return SetImageId(dataset, tuple(fields.values()), band)


def with_band(image: ImageId, band: str) -> ImageId:
    """Return an identity with a band: that of an image whose key does not tell it."""
    return identify(image.dataset, image.fields, band)


def product_of(survey: Survey, image_type: ImageType) -> str:
    """Return the product that a type of image is. Raises NotFound where the survey has none of that type."""
    try:
        return survey.requests.image_types[image_type.value]
    except KeyError:
        raise NotFound(f"{survey.short} has no images of type {image_type.value}") from None


def no_data_of(dataset: str, image_type: ImageType) -> tuple[float, ...]:
    """Return the values of pixels without data, beside NaN and BLANK; none for an unknown data set."""
    survey = survey_if_known(dataset)
    if survey is None or image_type.value not in survey.requests.image_types:
        return ()
    return survey.product[product_of(survey, image_type)].no_data


def image_suffixes(dataset: str, image_type: ImageType) -> tuple[str, ...]:
    """Return the endings of a type of image, the usual one first: ``.fits.gz``, ``.fits`` and so on.

    A file named ``.gz`` need not be gzipped.
    """
    survey = survey_of(dataset)
    return tuple(f".{form}" for form in survey.product[product_of(survey, image_type)].forms)


def dataset_prefix(dataset: str) -> str:
    """Return the key prefix of a data set, ending in a slash; NotFound for an unknown one."""
    return key_layout(survey_of(dataset).id).prefix(dataset)


def inventory_folder(dataset: str) -> str:
    """Return the folder of a data set's inventory, below the archive's root; NotFound for an unknown one."""
    survey_of(dataset)
    return f"inventory/{dataset}"


def image_key(image: ImageId, image_type: ImageType, suffix: str | None = None) -> str:
    """Return the key of an image, by default with the usual suffix of its type."""
    ending = image_suffixes(image.dataset, image_type)[0] if suffix is None else suffix
    layout = key_layout(survey_of(image.dataset).id)
    return f"{layout.prefix(image.dataset)}{layout.stem(_stored(image, image_type))}{ending}"


def atlas_key(image: ImageId, suffix: str | None = None) -> str:
    """Return the key of an Atlas image: ``twomass/full/full/001126n/s101/image/ji1010266.fits.gz``."""
    return image_key(image, ImageType.ATLAS, suffix)


def quicklook_key(image: ImageId, suffix: str | None = None) -> str:
    """Return the key of a Quicklook: ``…/s101/quicklook/ji1010266.fits.H``."""
    return image_key(image, ImageType.QUICKLOOK, suffix)


class FileKey(NamedTuple):
    """What a key says; ``image_type`` is None of what lies beside an image, such as its uncertainty."""

    image: ImageId
    image_type: ImageType | None
    suffix: str


def parse_key(key: str) -> tuple[ImageId, ImageType, str]:
    """Parse a key, with any prefix before that of its data set, into identity, type and suffix.

    Raises
    ------
    NotFound
        For anything that is not the key of an image in a known data set.
    """
    found = parse_file_key(key)
    if found.image_type is None:
        raise NotFound(f"not the key of an image: {key}")
    return found.image, found.image_type, found.suffix


def parse_file_key(key: str) -> FileKey:
    """Parse the key of an image, or of what lies beside one. Raises NotFound for any other."""
    # Where images lie at the root of a tree, any key is one: other surveys come first.
    surveys = sorted(dict.fromkeys(known_surveys().values()), key=lambda survey: survey.place.prefix == "")
    for survey in surveys:
        found = key_layout(survey.id).parse(key)
        if found is not None:
            types = {product: ImageType(word) for word, product in survey.requests.image_types.items()}
            image = identify(found.dataset, found.fields, found.band)
            return FileKey(image, types.get(found.product), f".{found.form}")
    raise NotFound(f"not the key of an image: {key}")


def parse_scan_key(key: str) -> tuple[ScanImageId, ImageType, str]:
    """Parse the key of an image of a scan. Raises NotFound for any other."""
    image, image_type, suffix = parse_key(key)
    if not isinstance(image, ScanImageId):
        raise NotFound(f"not the key of an image of a scan: {key}")
    return image, image_type, suffix


def _stored(image: ImageId, image_type: ImageType) -> StoredKey:
    from skybatch.surveys.description.keys import StoredKey

    product = product_of(survey_of(image.dataset), image_type)
    return StoredKey(image.dataset, image.fields, image.band, product, "")
