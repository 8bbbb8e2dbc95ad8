"""Cards that say where a cutout came from."""

from __future__ import annotations

from dataclasses import dataclass

from skybatch.fits.cards import string_cards
from skybatch.fits.pixel_box import PixelBox
from skybatch.version import VERSION

KEYWORDS = ("CUTFILE", "CUTPIX", "CUTBY")
EDGE_KEYWORD = "CUTEDGE"  # of a crop that is padded where its image ends


@dataclass(frozen=True)
class Origin:
    """What a cutout is made from and by: the parent's file name, the service with its version."""

    parent: str
    service: str = f"skybatch {VERSION}"

    def cards(self, box: PixelBox) -> bytes:
        """Return CUTFILE, CUTPIX and CUTBY: three cards, more only for names beyond 68 characters."""
        return b"".join(
            (
                string_cards("CUTFILE", self.parent, "image this cutout was taken from"),
                string_cards("CUTPIX", box.section, "its first:last pixels there, from 1"),
                string_cards("CUTBY", self.service, "service and version that cut it"),
            )
        )
