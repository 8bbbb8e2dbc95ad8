"""Copy stored images from a server that offers ``/ibe/sia`` and ``/ibe/data`` into a tree or bucket.

Each image is decompressed and checked before it is written, and a file is written whole or not at all: an
interrupted mirror can be repeated, and fetches what is missing or damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from skybatch.archive.header_reader import check_identity, pixel_grid, read_header
from skybatch.archive.image_records import Problem
from skybatch.archive.image_server import ImageServer, RequestPolicy, key_in_url
from skybatch.concurrency import parallel_map
from skybatch.errors import InvalidRequest, NotFound, SkybatchError, SourceDamaged, SourceError
from skybatch.fits.stored_file import decompress_untiled, read_stored_header
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.image_id import ScanImageId, dataset_prefix, parse_scan_key
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS

Progress = Callable[[int], None]


@dataclass(frozen=True)
class MirrorReport:
    """Images fetched and their bytes, images already present, and images that could not be fetched."""

    fetched: int
    bytes: int
    present: int
    problems: tuple[Problem, ...]


def parse_key_list(lines: Iterable[str]) -> list[str]:
    """Parse a list of one key, path or URL per line; empty lines and ``#`` comments are ignored.

    Raises
    ------
    InvalidRequest
        Names the first line that is none of these.
    """
    keys = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            keys.append(key_in_url(line.strip()))
        except NotFound as error:
            raise InvalidRequest(f"line {number}: {error.detail}") from error
    return sorted(set(keys))


def mirror(
    tree: Tree,
    server: ImageServer,
    keys: Sequence[str],
    *,
    bands: Sequence[str] = BANDS,
    in_flight: int = RequestPolicy.in_flight,
    progress: Progress = lambda images: None,
) -> MirrorReport:
    """Copy the images of these keys, in these bands, into a tree.

    Images already there with a complete header and length are not fetched. ``progress`` is called with the
    number of further images done.
    """
    wanted = [key for key in keys if parse_scan_key(key)[0].band in bands]
    present = _present(tree, wanted)
    progress(len(present))
    missing = [key for key in wanted if key not in present]

    outcomes = []
    for outcome in parallel_map(lambda key: _fetch(tree, server, key), missing, in_flight):
        outcomes.append(outcome)
        progress(1)
    sizes = [outcome for outcome in outcomes if isinstance(outcome, int)]
    problems = tuple(outcome for outcome in outcomes if isinstance(outcome, Problem))
    return MirrorReport(len(sizes), sum(sizes), len(present), problems)


def _fetch(tree: Tree, server: ImageServer, key: str) -> int | Problem:
    image = parse_scan_key(key)[0]
    try:
        body = server.get(f"/ibe/data/{key}", lambda body: _check(body, image))
    except SkybatchError as error:
        return Problem(key, error.detail)
    tree.write(key, body)
    return len(body)


def _check(body: bytes, image: ScanImageId) -> None:
    """Raise where a body is not, to its last byte, the FITS image that was asked for."""
    header = read_stored_header(body)
    if len(decompress_untiled(body)) < header.file_bytes:
        raise SourceDamaged(f"{len(decompress_untiled(body))} of {header.file_bytes} bytes came")
    check_identity(header, image)
    pixel_grid(header)


def scan_prefix(image: ScanImageId) -> str:
    """Return what the keys of an image's scan begin with: ``twomass/full/full/001126n/s101/``."""
    return f"{dataset_prefix(image.dataset)}{image.date}{image.hem}/s{image.scan:03d}/"


def _present(tree: Tree, keys: Sequence[str]) -> set[str]:
    """Return the keys that the tree holds, complete as far as header and length tell."""
    images = [parse_scan_key(key)[0] for key in keys]
    folders = {scan_prefix(image) for image in images}
    wanted = set(keys)
    prefixes = [f"{folder}{ImageType.ATLAS.folder}/" for folder in sorted(folders)]
    entries = (entry for prefix in prefixes for entry in tree.entries(prefix))
    return {entry.path for entry in entries if entry.path in wanted and _is_complete(tree, entry)}


def _is_complete(tree: Tree, entry: Entry) -> bool:
    try:
        read_header(tree, entry)
    except SourceError:
        return False
    return True
