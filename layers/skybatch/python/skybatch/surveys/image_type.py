"""The two kinds of image that a survey may hold, and every spelling of them."""

from __future__ import annotations

from enum import StrEnum


class ImageType(StrEnum):
    """Atlas image (full precision) or Quicklook (restored from lossy compression; not for photometry).

    The value is the word of requests, plans and results. The archive spells the same two differently in
    its paths, tables and parameters; those spellings stand here alone.
    """

    ATLAS = "atlas"
    QUICKLOOK = "quicklook"

    @property
    def letter(self) -> str:
        """Letter in the ``type`` column of tables: ``A`` or ``Q``."""
        return _LETTERS[self]

    @property
    def folder(self) -> str:
        """Folder of a scan that holds such images: ``image`` or ``quicklook``."""
        return _FOLDERS[self]

    @property
    def parameter(self) -> str:
        """Value of the ``type`` parameter of the archive's services: ``at`` or ``ql``."""
        return _PARAMETERS[self]

    @property
    def name_suffix(self) -> str:
        """What follows the stem in names of delivered files: nothing, or ``_ql``."""
        return _NAME_SUFFIXES[self]

    @property
    def label(self) -> str:
        """Word in titles: ``Atlas`` or ``Quicklook``."""
        return _LABELS[self]

    @classmethod
    def of_letter(cls, letter: str) -> ImageType:
        """Return the type of a table's letter; ValueError for any other letter."""
        return _inverse(_LETTERS, letter)

    @classmethod
    def of_parameter(cls, value: str) -> ImageType:
        """Return the type of a ``type`` parameter; ValueError for any other value."""
        return _inverse(_PARAMETERS, value)


def _inverse(words: dict[ImageType, str], word: str) -> ImageType:
    for image_type, spelling in words.items():
        if spelling == word:
            return image_type
    raise ValueError(f"not an image type: {word!r}")


_LETTERS = {ImageType.ATLAS: "A", ImageType.QUICKLOOK: "Q"}
_FOLDERS = {ImageType.ATLAS: "image", ImageType.QUICKLOOK: "quicklook"}
_PARAMETERS = {ImageType.ATLAS: "at", ImageType.QUICKLOOK: "ql"}
_NAME_SUFFIXES = {ImageType.ATLAS: "", ImageType.QUICKLOOK: "_ql"}
_LABELS = {ImageType.ATLAS: "Atlas", ImageType.QUICKLOOK: "Quicklook"}
