"""Keys of a survey's stored images: from identity to key and back, by the templates of its description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from skybatch.surveys.description.images import Band, Dataset
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.description.templates import Template

FieldValue = str | int
# What templates may say of each thing beside the fields: ``{band.token}``.
PARTS_OF = {
    "mission": ("name",),
    "dataset": ("id", "title", "sia_title", "folder", "table", "path"),
    "band": ("token", "id", "native", "label", "show"),
    "product": ("title", "mark", "type"),
}
INVENTORIES = "inventory/"
"""What the keys of inventories begin with, which are no images of a tree whose images lie at its root."""


@dataclass(frozen=True)
class StoredKey:
    """What a key says: the image, the kind of file and its form; ``fields`` in the order of the image set.

    ``band`` is empty where several are possible and the key does not tell: the header does.
    """

    dataset: str
    fields: Mapping[str, FieldValue]
    band: str
    product: str
    form: str


class KeyLayout:
    """The keys of one survey."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._parts: dict[tuple[str, str, str], dict[str, object]] = {}
        self._bands = {str(band.token): band for band in survey.band}
        self._prefixes = {
            name: Template(survey.place.prefix).format(parts_of(survey, dataset=dataset))
            for name, dataset in survey.datasets.items()
        }
        self._keys = {name: Template(product.key) for name, product in survey.product.items()}
        self._patterns = {
            name: self._pattern(template, survey.product[name].forms) for name, template in self._keys.items()
        }

    def prefix(self, dataset: str) -> str:
        """Return what the keys of a data set begin with, ending in a slash."""
        return self._prefixes[dataset]

    def key(self, image: StoredKey) -> str:
        """Return the key of an image."""
        return f"{self.prefix(image.dataset)}{self.stem(image)}.{image.form}"

    def stem(self, image: StoredKey) -> str:
        """Return the key of an image below the prefix of its data set, without ending."""
        kind = image.dataset, image.band, image.product
        if kind not in self._parts:
            survey, (dataset, band, product) = self._survey, kind
            self._parts[kind] = parts_of(survey, survey.datasets[dataset], survey.bands.get(band), product)
        return self._keys[image.product].format({**self._parts[kind], **image.fields})

    def parse(self, key: str) -> StoredKey | None:
        """Return what a key says, with anything before its prefix; None for what is no key of the survey."""
        for dataset, prefix in self._prefixes.items():
            if not prefix and key.startswith(INVENTORIES):
                continue
            start = 0 if key.startswith(prefix) else key.rfind(f"/{prefix}") + 1
            if start or key.startswith(prefix):
                rest = key[start + len(prefix) :]
                return next(self._readings(dataset, rest), None)
        return None

    def _readings(self, dataset: str, rest: str) -> Iterator[StoredKey]:
        for product, pattern in self._patterns.items():
            found = pattern.fullmatch(rest)
            image = self._image(dataset, product, found) if found else None
            # Slices and repeated parts were matched loosely: only the key that is written again counts.
            if image is not None and f"{self.stem(image)}.{image.form}" == rest:
                yield image

    def _image(self, dataset: str, product: str, found: re.Match[str]) -> StoredKey | None:
        texts, survey = found.groupdict(), self._survey
        band = self._band_of(texts)
        if band is None:
            return None
        fields: dict[str, FieldValue] = {}
        for name in survey.set.fields:
            field = survey.fields[name]
            fields[name] = int(texts[name]) if field.type == "int" else texts[name]
        return StoredKey(dataset, fields, band, product, texts["form"])

    def _band_of(self, texts: Mapping[str, str]) -> str | None:
        """Return the band that a key names, empty where it does not tell; None for an unknown one."""
        for part in PARTS_OF["band"]:
            text = texts.get(f"band__{part}")
            if text is not None:
                return next((each.id for each in self._survey.band if str(getattr(each, part)) == text), None)
        return self._survey.band[0].id if len(self._survey.band) == 1 else ""

    def _pattern(self, template: Template, forms: Iterable[str]) -> re.Pattern[str]:
        survey = self._survey
        matches = {name: field.pattern for name, field in survey.fields.items()}
        for part in PARTS_OF["band"]:
            words = sorted({str(getattr(band, part)) for band in survey.band}, key=len, reverse=True)
            matches[f"band.{part}"] = "|".join(map(re.escape, words))
        for name in template.names - set(matches):
            matches[name] = "[^/]*"
        endings = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
        return re.compile(rf"{template.pattern(matches)}\.(?P<form>{endings})", re.ASCII)


def parts_of(
    survey: Survey, dataset: Dataset | None = None, band: Band | None = None, product: str = ""
) -> dict[str, object]:
    """Return the parts of templates that are no fields: ``mission.name``, ``band.token`` and the like."""
    things = {
        "mission": survey.mission,
        "dataset": dataset,
        "band": band,
        "product": survey.product[product] if product else None,
    }
    return {
        f"{thing}.{part}": getattr(of, part)
        for thing, of in things.items()
        if of is not None
        for part in PARTS_OF[thing]
    }
