"""The images of a running batch that finished last, in the order of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def newest_first(images: Sequence[Mapping[str, Any]], bands: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return images, given in the order in which they finished, newest target first, its bands together.

    Images have ``file``, ``row`` and ``band``; ``bands`` are the request's in their order. The page's script
    (batch.js) orders those that it adds alike.
    """
    newest: dict[Any, int] = {}
    for place, image in enumerate(reversed(images)):
        newest.setdefault(_target(image), place)
    order = {band.lower(): place for place, band in enumerate(bands)}

    def rank(image: Mapping[str, Any]) -> tuple[int, int]:
        return newest[_target(image)], order.get(str(image["band"]).lower(), len(order))

    return sorted(images, key=rank)


def _target(image: Mapping[str, Any]) -> Any:
    """Return what the bands of a target share: the row, else the file's name without its band."""
    return image["row"] or str(image["file"]).replace(f"_{str(image['band']).lower()}", "_", 1)
