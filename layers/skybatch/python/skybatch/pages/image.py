"""The page that shows one stored image of the archive."""

from __future__ import annotations

from collections.abc import Sequence

from skybatch.pages.environment import render


def image_page(
    title: str, facts: Sequence[tuple[str, str]], *, preview: str, download: str, quicklook: bool
) -> str:
    """Render an image's preview, a link to its file, and ``facts`` about it by name."""
    kind = "Quicklook image" if quicklook else "Atlas image"
    shown = {"title": title, "facts": facts, "kind": kind, "quicklook": quicklook}
    return render("image.html", preview=preview, download=download, **shown)
