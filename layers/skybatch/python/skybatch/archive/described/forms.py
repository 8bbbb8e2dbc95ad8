"""The files of one image in several forms, of which one header is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from skybatch.archive.described.headers import TILED, ReadImage, read_image
from skybatch.archive.image_records import Problem
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.description.keys import StoredKey
from skybatch.surveys.description.survey import Survey


@dataclass(frozen=True)
class StoredForms:
    """The files of one image by form, in the order in which crops prefer them."""

    key: StoredKey
    entries: Mapping[str, Entry]


def by_image(files: Iterable[tuple[Entry, StoredKey]], survey: Survey) -> list[StoredForms]:
    """Return the images that files are of, each with its forms, in the order of their first files."""
    found: dict[tuple[object, ...], dict[str, tuple[Entry, StoredKey]]] = {}
    for entry, key in files:
        image = (key.dataset, *key.fields.values(), key.band, key.product)
        found.setdefault(image, {})[key.form] = (entry, key)
    return [_ordered(forms, survey) for forms in found.values()]


def _ordered(forms: Mapping[str, tuple[Entry, StoredKey]], survey: Survey) -> StoredForms:
    key = next(iter(forms.values()))[1]
    product = survey.product[key.product]
    order = [*product.read, *(form for form in product.forms if form not in product.read)]
    return StoredForms(key, {form: forms[form][0] for form in order if form in forms})


def read_forms(tree: Tree, stored: StoredForms, survey: Survey) -> list[ReadImage | Problem]:
    """Return what is known of each form of an image, by the header of the first that can be read.

    The tile-compressed form is read besides, for where its tiles are; the others have their size alone.
    """
    found: list[ReadImage | Problem] = []
    known: ReadImage | None = None
    for form, entry in stored.entries.items():
        key = replace(stored.key, form=form)
        if known is not None and form != TILED:
            found.append(
                replace(known, path=entry.path, key=key, bytes=entry.size, tile_table=0, tile_heap=0)
            )
            continue
        read = read_image(tree, entry, key, survey)
        known = read if isinstance(read, ReadImage) else known
        found.append(read)
    return found
