"""Copy stored images from any server that speaks ``/ibe/sia`` and ``/ibe/data`` into a tree or bucket.

Polite to the server: few requests at a time, a pause between them, longer ones when it struggles. What
arrives is inflated and checked before it is written, and a file is written whole or not at all: so a
mirror that was stopped simply starts again, and fetches what is missing or damaged.
"""

from __future__ import annotations

import csv
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skybatch.archive.header_reader import check_identity, grid_of, stored_header
from skybatch.archive.image_records import Problem
from skybatch.concurrency import parallel_map
from skybatch.errors import (
    InvalidRequest,
    NotFound,
    SkybatchError,
    SourceDamaged,
    SourceError,
    TooLarge,
    Transient,
)
from skybatch.fits.stored_file import decompress_untiled, read_stored_header
from skybatch.storage.objects import Entry, Tree
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import MISSION, dataset_prefix
from skybatch.surveys.twomass.layout import ImageId, parse_key, scan_prefix
from skybatch.version import VERSION

if TYPE_CHECKING:
    import httpx

# More images than one answer of a server may hold; a truncated CSV answer does not say so itself.
MAXREC = 10_000
RETRIED = {408, 425, 429, 500, 502, 503, 504}
LONGEST_WAIT = 300.0

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Manners:
    """How gently to treat the server.

    ``in_flight`` requests at a time, ``pause`` seconds between their starts, ``tries`` of each, the wait
    doubling from ``first_wait`` seconds; a Retry-After of the server is obeyed.
    """

    in_flight: int = 4
    pause: float = 0.1
    tries: int = 6
    first_wait: float = 1.0


@dataclass(frozen=True)
class MirrorReport:
    """How many images came, their bytes, how many were there already, and which could not be had."""

    fetched: int
    bytes: int
    present: int
    problems: tuple[Problem, ...]


class Server:
    """One server, asked with manners; a context manager.

    ``address`` is its root, such as ``https://irsa.ipac.caltech.edu``.
    """

    def __init__(self, address: str, manners: Manners, sleep: Callable[[float], None] = time.sleep) -> None:
        import httpx

        self._address, self._manners, self._sleep = address.rstrip("/"), manners, sleep
        # The stored bytes are wanted as they lie, not packed or unpacked on the way.
        headers = {"User-Agent": f"skybatch-mirror/{VERSION}", "Accept-Encoding": "identity"}
        self._client = httpx.Client(headers=headers, follow_redirects=True, timeout=60.0)
        self._lock, self._next_start = threading.Lock(), 0.0

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *problem: object) -> None:
        self._client.close()

    def images(self, dataset: str, ra: float, dec: float, size: float) -> list[str]:
        """Keys of the images that overlap a box of ``size`` degrees about an ICRS position."""
        query = f"POS={ra:.9f},{dec:.9f}&SIZE={size:.9f}&FORMAT=image/fits&RESPONSEFORMAT=CSV&MAXREC={MAXREC}"
        answer = self.get(f"/ibe/sia/{dataset_prefix(dataset).rstrip('/')}?{query}").decode("utf-8")
        rows = list(csv.DictReader(answer.splitlines()))
        if rows and "sia_url" not in rows[0]:
            raise InvalidRequest(f"{self._address} does not answer as an image search: {answer[:200]!r}")
        if len(rows) >= MAXREC:
            raise TooLarge(f"the region holds {MAXREC} images or more; mirror it in smaller pieces")
        return sorted({_key_in(row["sia_url"]) for row in rows})

    def stored(self, key: str) -> bytes:
        """The stored image of a key."""
        return self.get(f"/ibe/data/{key}")

    def get(self, path: str, check: Callable[[bytes], None] = lambda body: None) -> bytes:
        """The raw body at a path, asked again after ever longer waits while the trouble may pass.

        A body that ``check`` finds damaged counts as such trouble. Raises NotFound, InvalidRequest for
        another refusal, Transient when all tries failed.
        """
        trouble = ""
        for turn in range(self._manners.tries):
            if turn:
                self._sleep(self._wait(turn, trouble))
            try:
                body = self._once(path)
                check(body)
            except (Transient, SourceDamaged) as error:
                trouble = error.detail
            else:
                return body
        raise Transient(f"gave up after {self._manners.tries} tries: {trouble}")

    def _wait(self, turn: int, trouble: str) -> float:
        asked = trouble.rpartition("retry after ")[2]
        if asked.isdigit():
            return min(float(asked), LONGEST_WAIT)
        # Spread out, or all that failed together would come back together.
        longest = self._manners.first_wait * 2.0 ** (turn - 1)
        return min(longest * random.uniform(0.75, 1.25), LONGEST_WAIT)  # noqa: S311

    def _once(self, path: str) -> bytes:
        import httpx

        self._keep_pace()
        try:
            with self._client.stream("GET", self._address + path) as answer:
                _refuse(answer, path)
                return b"".join(answer.iter_raw())
        except httpx.TransportError as error:
            raise Transient(f"{type(error).__name__}: {error}") from error

    def _keep_pace(self) -> None:
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next_start)
            self._next_start = start + self._manners.pause
        if start > now:
            self._sleep(start - now)


def _refuse(answer: httpx.Response, path: str) -> None:
    """Turn an answer that is not 200 into an error."""
    if answer.status_code == 200:
        return
    said = answer.read()[:200].decode("utf-8", "replace").strip()
    if answer.status_code in RETRIED:
        after = answer.headers.get("Retry-After", "")
        raise Transient(f"HTTP {answer.status_code}" + (f", retry after {after}" if after.isdigit() else ""))
    if answer.status_code == 404:
        raise NotFound(f"HTTP 404 for {path}")
    raise InvalidRequest(f"HTTP {answer.status_code} for {path}: {said}")


def _key_in(text: str) -> str:
    """The archive key within a URL or path."""
    place = text.find(f"{MISSION}/")
    key = text[place:].split("?")[0].strip() if place >= 0 else text
    parse_key(key)
    return key


def listed_keys(lines: Iterable[str]) -> list[str]:
    """The keys of a list: one key, path or URL a line; empty lines and ``#`` comments are passed over.

    InvalidRequest names the first line that is none.
    """
    keys = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            keys.append(_key_in(line.strip()))
        except NotFound as error:
            raise InvalidRequest(f"line {number}: {error.detail}") from error
    return sorted(set(keys))


def mirror(
    tree: Tree,
    server: Server,
    keys: Sequence[str],
    *,
    bands: Sequence[str] = BANDS,
    in_flight: int = Manners.in_flight,
    progress: Progress = lambda images: None,
) -> MirrorReport:
    """Bring the images of these keys into a tree, in these bands.

    Those that lie there already with a whole header and length are not asked for. ``progress`` is told how
    many more are done.
    """
    wanted = [key for key in keys if parse_key(key)[0].band in bands]
    present = _present(tree, wanted)
    progress(len(present))
    missing = [key for key in wanted if key not in present]

    outcomes = []
    for outcome in parallel_map(lambda key: _fetched(tree, server, key), missing, in_flight):
        outcomes.append(outcome)
        progress(1)
    sizes = [outcome for outcome in outcomes if isinstance(outcome, int)]
    problems = tuple(outcome for outcome in outcomes if isinstance(outcome, Problem))
    return MirrorReport(len(sizes), sum(sizes), len(present), problems)


def _fetched(tree: Tree, server: Server, key: str) -> int | Problem:
    image = parse_key(key)[0]
    try:
        body = server.get(f"/ibe/data/{key}", lambda body: _check(body, image))
    except SkybatchError as error:
        return Problem(key, error.detail)
    tree.write(key, body)
    return len(body)


def _check(body: bytes, image: ImageId) -> None:
    """Raise where a body is not, to its last byte, the FITS image that was asked for."""
    header = read_stored_header(body)
    if len(decompress_untiled(body)) < header.file_bytes:
        raise SourceDamaged(f"{len(decompress_untiled(body))} of {header.file_bytes} bytes came")
    check_identity(header, image)
    grid_of(header)


def _present(tree: Tree, keys: Sequence[str]) -> set[str]:
    """Those of the keys that the tree holds, whole as far as header and length tell."""
    images = [parse_key(key)[0] for key in keys]
    folders = {scan_prefix(image.dataset, image.date, image.hem, image.scan) for image in images}
    wanted = set(keys)
    stored = (entry for folder in sorted(folders) for entry in tree.entries(f"{folder}image/"))
    return {entry.path for entry in stored if entry.path in wanted and _whole(tree, entry)}


def _whole(tree: Tree, entry: Entry) -> bool:
    try:
        stored_header(tree, entry)
    except SourceError:
        return False
    return True
