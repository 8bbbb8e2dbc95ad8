"""A tree of made images named and headed as those of FIRST are, and the description of the documentation."""

from __future__ import annotations

import re

from skybatch.storage.trees import Tree
from tests.support.batches.template import ROOT
from tests.support.images.fits_files import CardValue, make_image

PAGE = (ROOT / "docs" / "adding-a-survey.md").read_text()
FIELDS = {"07420+30456E": (115.5, 30.76), "10510+30456E": (162.53, 30.677), "10510+31456E": (162.75, 31.76)}


def description() -> str:
    """The description of FIRST that the documentation gives."""
    (found,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def commands() -> list[str]:
    """The commands of the documentation, in their order."""
    blocks = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def first_image(field: str, **cards: CardValue | None) -> bytes:
    """A made image of a field."""
    ra, dec = FIELDS[field]
    said: dict[str, CardValue | None] = {"FIELDNAM": field, "DATAMAX": 0.039, "BMAJ": 0.0015, "FILTER": None}
    return make_image(ra, dec, nx=64, ny=48, cards={**said, **cards})


def key(field: str, ending: str = "fits") -> str:
    """The key of a field's image."""
    return f"first/first/images/{field[:5]}/{field}.{ending}"


def fill(tree: Tree) -> None:
    """Write an image of each field."""
    for field in FIELDS:
        tree.write(key(field), first_image(field))
