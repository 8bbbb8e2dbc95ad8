"""Where the images of batches lie: found in the journal while a batch runs, in one object once it has ended.

``places.jsonl`` has the names and entity tags of the bundles as JSON on its first line, then a line of fields
between tabs for each image: a hundred bytes, where plan and outcomes would take a thousand to read.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from skybatch.batch import keys
from skybatch.batch.store import BatchStore
from skybatch.bundles.place import Place
from skybatch.bundles.spans import Span

BATCHES_REMEMBERED = 4
TABBED = "text/tab-separated-values"


@dataclass(frozen=True)
class ImagePlace:
    """Where the bytes of an image lie, and those of its preview.

    Attributes
    ----------
    bundle, etag
        Name and entity tag of the object.
    offset, length
        Where the image begins in it, and its bytes.
    md5
        Of the image, in hexadecimal digits.
    preview
        Offset and length of the preview in the object, None where it has none.
    """

    bundle: str
    etag: str
    offset: int
    length: int
    md5: str
    preview: tuple[int, int] | None = None

    @classmethod
    def of(cls, place: Place) -> ImagePlace:
        """Give what is needed of a place to find its image."""
        return cls(place.bundle, place.etag, place.offset, place.length, place.md5, place.preview)

    @property
    def span(self) -> Span:
        """The range of the image."""
        return Span(self.bundle, self.etag, self.offset, self.offset + self.length)

    @property
    def preview_span(self) -> Span | None:
        """The range of its preview."""
        if self.preview is None:
            return None
        start, length = self.preview
        return Span(self.bundle, self.etag, start, start + length)


def save_places(store: BatchStore, places: Iterable[tuple[str, Place]]) -> None:
    """Write where the images of an ended batch lie, by file name."""
    bundles: dict[tuple[str, str], int] = {}
    lines = []
    for file, place in places:
        bundle = bundles.setdefault((place.bundle, place.etag), len(bundles))
        values = (file, bundle, place.offset, place.length, place.md5, *(place.preview or ()))
        lines.append("\t".join(map(str, values)))
    head = json.dumps(list(bundles), separators=(",", ":"))
    store.write(keys.PLACES, "\n".join([head, *lines, ""]).encode(), TABBED)


def load_places(store: BatchStore) -> dict[str, ImagePlace] | None:
    """Read where the images of an ended batch lie, None where nothing is written."""
    body = store.read(keys.PLACES)
    if body is None:
        return None
    head, *lines = body.decode().splitlines()
    bundles = json.loads(head)
    return dict(_read_line(line, bundles) for line in lines)


def _read_line(line: str, bundles: list[tuple[str, str]]) -> tuple[str, ImagePlace]:
    file, bundle, offset, length, md5, *preview = line.split("\t")
    name, etag = bundles[int(bundle)]
    pair = (int(preview[0]), int(preview[1])) if preview else None
    return file, ImagePlace(name, etag, int(offset), int(length), md5, pair)


@dataclass
class _Followed:
    """What was read so far of the journal of a running batch."""

    parts: int = 0
    places: dict[str, ImagePlace] = field(default_factory=dict)

    def add(self, entries: Iterable[Mapping[str, Any]]) -> None:
        for entry in entries:
            if "place" in entry:  # absent in batches that kept each image by itself
                self.places.setdefault(entry["file"], ImagePlace.of(Place.from_json(entry["place"])))
        self.parts += 1


@dataclass
class ImagePlaces:
    """Finds images, and keeps the places of the last few batches in memory: they never change."""

    _ended: OrderedDict[str, dict[str, ImagePlace]] = field(default_factory=OrderedDict)
    _running: OrderedDict[str, _Followed] = field(default_factory=OrderedDict)

    def find(self, store: BatchStore, file: str) -> ImagePlace | None:
        """Find an image by its file name.

        None where the batch has delivered no such image, or is of a version that kept images by themselves.
        """
        batch = store.batch_id
        if batch not in self._ended:
            followed = self._running.get(batch)
            if followed and file in followed.places:
                return followed.places[file]
            places = load_places(store)
            if places is None:
                return self._follow(store).get(file)
            self._running.pop(batch, None)
            _remember(self._ended, batch, places)
        self._ended.move_to_end(batch)
        return self._ended[batch].get(file)

    def _follow(self, store: BatchStore) -> dict[str, ImagePlace]:
        """Read what the journal has more than the last time."""
        followed = self._running.get(store.batch_id, _Followed())
        _remember(self._running, store.batch_id, followed)
        while (entries := store.read_lines(keys.journal_part(followed.parts))) is not None:
            followed.add(entries)
        return followed.places


def _remember(cache: OrderedDict[str, Any], batch: str, value: object) -> None:
    cache[batch] = value
    cache.move_to_end(batch)
    while len(cache) > BATCHES_REMEMBERED:
        cache.popitem(last=False)
