"""Images that were asked for and that the archive does not hold: added up, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from skybatch.plain_text import join_words
from skybatch.status import AbsentImages
from skybatch.surveys.known import band_label, known_bands


def total_absent(
    by_row: Mapping[int, AbsentImages], held_elsewhere: Iterable[str], rows_without_images: int
) -> AbsentImages | None:
    """Add up the absent images of all rows; None where there are none.

    ``held_elsewhere`` are the bands of the images that the batch does find: a band of which it finds any is
    held.
    """
    if not by_row:
        return None
    rows = by_row.values()
    held = set(held_elsewhere).union(*(row.held for row in rows))
    return AbsentImages(
        images=sum(row.images for row in rows),
        bands=tuple(band for band in known_bands() if any(band in row.bands for row in rows)),
        held=tuple(band for band in known_bands() if band in held),
        rows=rows_without_images,
    )


def joined_absent(first: AbsentImages | None, second: AbsentImages) -> AbsentImages:
    """Add up what two surveys lack of one row."""
    if first is None:
        return second
    bands, held = (
        dict.fromkeys((*a, *b)) for a, b in ((first.bands, second.bands), (first.held, second.held))
    )
    return AbsentImages(first.images + second.images, tuple(bands), tuple(held))


def describe_absent(absent: AbsentImages) -> str:
    """Say which bands the archive does not hold: ``only J is held here; H and Ks are not in the archive``."""
    never, held = absent.bands_never_held, absent.held
    if never and held:
        verb = "is" if len(held) == 1 else "are"
        return f"only {band_list(held)} {verb} held here; {_not_in_archive(never)}"
    if never:
        return f"the archive holds no image of this kind and band ({band_list(never)}) here"
    images = "1 image" if absent.images == 1 else f"{absent.images:,} images"
    return f"{images} in {band_list(absent.bands)} {'is' if absent.images == 1 else 'are'} not in the archive"


def _not_in_archive(bands: Sequence[str]) -> str:
    return f"{band_list(bands)} {'is' if len(bands) == 1 else 'are'} not in the archive"


def band_list(bands: Iterable[str]) -> str:
    """Write bands by their names: ``J, H and Ks``."""
    return join_words([band_label(band) for band in bands])
