"""The bands of a tree's images, by what their headers say.

The band is the first word of FILTER, or of the first of `KEYWORDS` that says one: ``r`` of ``r DECam SDSS
c0002 6415.0 1480.0``. A bare number is put behind the letters that the file's name has before it: 3 is ``w3``
of ``01772a127-w3-int-1b.fits``. What is no identifier is made one: small letters and digits, anything else an
underscore. Words that differ stay different bands, ``R`` and ``r`` too. Images that say none are of the band
`NO_BAND`, but for those whose names have such letters with a number where headers of others gave them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from skybatch.fits.cards import Value

KEYWORDS = ("FILTER", "FILTNAM", "BAND", "FILTER1", "FILTER2")
NO_BAND = "image"
OTHER_BANDS = "other"
MAX_BANDS = 64
"""Each band has columns of its own in an inventory; the rarest beyond share one."""
_NOTHING = re.compile(r"(n/?a|none|null|unknown|undefined|open|clear\w*|empty|blank|-+|)", re.IGNORECASE)
_RESERVED = frozenset({"a", "all", "none", NO_BAND, OTHER_BANDS})
_LONGEST = 12


@dataclass(frozen=True)
class TreeBands:
    """The bands of a tree.

    Attributes
    ----------
    ids
        Identifier of each word for a band.
    notices
        Words that had to be made identifiers, in sentences.
    """

    ids: Mapping[str, str]
    notices: tuple[str, ...]

    @property
    def labels(self) -> dict[str, str]:
        """Label of each band, by identifier; the most frequent first."""
        labels: dict[str, str] = {}
        for word, name in self.ids.items():
            # Requests and tables of results name bands by labels too, in any case.
            labels.setdefault(name, word if word.lower() == name else name)
        return labels


def said_filter(values: Mapping[str, Value]) -> str:
    """Return the first text of the keywords that names a filter, empty where none does."""
    texts = (str(values[key]).strip() for key in KEYWORDS if values.get(key) is not None)
    return next((text for text in texts if not _NOTHING.fullmatch(text)), "")


def band_word(said: str, name: str) -> str:
    """Return the word for the band of an image, by what its header says and the name of its file."""
    word = said.split()[0] if said.split() else ""
    if word.isdigit():
        found = re.search(rf"(?:^|[._-])([A-Za-z]{{1,3}}{word})(?=[._-]|$)", name)
        word = found[1] if found else word
    return word


def words_of_names(words: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the word for each image, of (word, what its header says, name of the file).

    Where numbers in headers were put behind letters of the names, names alone tell the rest.
    """
    letters = {word.rstrip("0123456789") for word, said, _ in words if said[:1].isdigit()} - {""}
    if not letters:
        return [word for word, _, _ in words]
    token = re.compile(rf"(?:^|[._-])((?:{'|'.join(sorted(letters))})[0-9]+)(?=[._-]|$)")
    return [word or _first(token, name) for word, _, name in words]


def _first(token: re.Pattern[str], name: str) -> str:
    found = token.search(name)
    return found[1] if found else ""


def tree_bands(words: Iterable[str]) -> TreeBands:
    """Return the bands of the words that images have, one an image, the most frequent first."""
    counts = Counter(words)
    ids: dict[str, str] = {}
    notices = []
    for word, _ in counts.most_common(MAX_BANDS - 1 if len(counts) > MAX_BANDS else None):
        ids[word] = _unused(_identifier(word), set(ids.values())) if word else NO_BAND
        if word and ids[word] != word.lower():
            notices.append(f"{word!r} in headers is the band {ids[word]} here")
    rest = [word for word in counts if word not in ids]
    if rest:
        notices.append(
            f"{len(rest)} rare words for bands are all the band {OTHER_BANDS}: {', '.join(rest[:5])}, …"
        )
    return TreeBands(ids | dict.fromkeys(rest, OTHER_BANDS), tuple(notices))


def _identifier(word: str) -> str:
    made = re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")[:_LONGEST]
    return f"band_{made}"[:_LONGEST].strip("_") if made in _RESERVED or not made else made


def _unused(name: str, taken: set[str]) -> str:
    number, made = 1, name
    while made in taken:
        number += 1
        made = f"{name}_{number}"
    return made
