"""Client of a server that offers ``/ibe/sia`` and ``/ibe/data``, with a limited request rate and retries."""

from __future__ import annotations

import csv
import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skybatch.errors import InvalidRequest, NotFound, SourceDamaged, TooLarge, Transient
from skybatch.fits.limits import check_image_bytes
from skybatch.surveys.image_id import dataset_prefix, parse_scan_key
from skybatch.surveys.twomass.datasets import MISSION
from skybatch.version import VERSION

if TYPE_CHECKING:
    import httpx

# Most images in one answer of a server; a truncated CSV answer does not say that it is truncated.
MAXREC = 10_000
RETRY_STATUSES = {408, 425, 429, 500, 502, 503, 504}
MAX_WAIT = 300.0  # seconds


@dataclass(frozen=True)
class RequestPolicy:
    """Rate limit and retries of requests to a server.

    Attributes
    ----------
    in_flight
        Simultaneous requests.
    pause
        Seconds between the starts of two requests.
    tries
        Attempts of each request.
    first_wait
        Seconds before the second attempt; doubled for each further one. A Retry-After takes precedence.
    """

    in_flight: int = 4
    pause: float = 0.1
    tries: int = 6
    first_wait: float = 1.0


class ImageServer:
    """One server, used under a `RequestPolicy`; a context manager.

    ``address`` is its root URL, such as ``https://irsa.ipac.caltech.edu``.
    """

    def __init__(
        self, address: str, policy: RequestPolicy, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        import httpx

        self._address, self._policy, self._sleep = address.rstrip("/"), policy, sleep
        # The stored bytes are wanted unchanged, without a content encoding.
        headers = {"User-Agent": f"skybatch-mirror/{VERSION}", "Accept-Encoding": "identity"}
        self._client = httpx.Client(headers=headers, follow_redirects=True, timeout=60.0)
        self._lock, self._next_start = threading.Lock(), 0.0

    def __enter__(self) -> ImageServer:
        return self

    def __exit__(self, *problem: object) -> None:
        self._client.close()

    def images(self, dataset: str, ra: float, dec: float, size: float) -> list[str]:
        """Search the keys of images that overlap a box of ``size`` degrees about an ICRS position.

        Raises
        ------
        TooLarge
            For more than `MAXREC` images.
        InvalidRequest
            Where the server does not answer as an image search.
        """
        query = f"POS={ra:.9f},{dec:.9f}&SIZE={size:.9f}&FORMAT=image/fits&RESPONSEFORMAT=CSV&MAXREC={MAXREC}"
        answer = self.get(f"/ibe/sia/{dataset_prefix(dataset).rstrip('/')}?{query}").decode("utf-8")
        rows = list(csv.DictReader(answer.splitlines()))
        if rows and "sia_url" not in rows[0]:
            raise InvalidRequest(f"{self._address} does not answer as an image search: {answer[:200]!r}")
        if len(rows) >= MAXREC:
            raise TooLarge(f"the region holds {MAXREC} images or more; mirror it in smaller pieces")
        return sorted({key_in_url(row["sia_url"]) for row in rows})

    def image(self, key: str) -> bytes:
        """Fetch the stored image of a key."""
        return self.get(f"/ibe/data/{key}")

    def get(self, path: str, check: Callable[[bytes], None] = lambda body: None) -> bytes:
        """Fetch the raw body at a path; retry transient failures after increasing waits.

        A body that ``check`` finds damaged counts as a transient failure.

        Raises
        ------
        NotFound
            For HTTP 404.
        InvalidRequest
            For another refusal.
        SourceUnsupported
            For a body longer than any image.
        Transient
            When all attempts failed.
        """
        failure = ""
        for attempt in range(self._policy.tries):
            if attempt:
                self._sleep(self._wait(attempt, failure))
            try:
                body = self._once(path)
                check(body)
            except (Transient, SourceDamaged) as error:
                failure = error.detail
            else:
                return body
        raise Transient(f"gave up after {self._policy.tries} attempts: {failure}")

    def _wait(self, attempt: int, failure: str) -> float:
        retry_after = failure.rpartition("retry after ")[2]
        if retry_after.isdigit():
            return min(float(retry_after), MAX_WAIT)
        # Jitter, or requests that failed together would be repeated together.
        longest = self._policy.first_wait * 2.0 ** (attempt - 1)
        return min(longest * random.uniform(0.75, 1.25), MAX_WAIT)  # noqa: S311

    def _once(self, path: str) -> bytes:
        import httpx

        self._wait_for_turn()
        try:
            with self._client.stream("GET", self._address + path) as answer:
                _raise_for_status(answer, path)
                return _bounded(answer.iter_raw())
        except httpx.TransportError as error:
            raise Transient(f"{type(error).__name__}: {error}") from error

    def _wait_for_turn(self) -> None:
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next_start)
            self._next_start = start + self._policy.pause
        if start > now:
            self._sleep(start - now)


def _bounded(pieces: Iterable[bytes]) -> bytes:
    """Join a body; SourceUnsupported as soon as it is longer than any image."""
    body = bytearray()
    for piece in pieces:
        body += piece
        check_image_bytes(len(body))
    return bytes(body)


def _raise_for_status(answer: httpx.Response, path: str) -> None:
    """Raise the error of an answer that is not 200."""
    if answer.status_code == 200:
        return
    text = answer.read()[:200].decode("utf-8", "replace").strip()
    if answer.status_code in RETRY_STATUSES:
        after = answer.headers.get("Retry-After", "")
        raise Transient(f"HTTP {answer.status_code}" + (f", retry after {after}" if after.isdigit() else ""))
    if answer.status_code == 404:
        raise NotFound(f"HTTP 404 for {path}")
    raise InvalidRequest(f"HTTP {answer.status_code} for {path}: {text}")


def key_in_url(text: str) -> str:
    """Extract the archive key from a URL or path; NotFound where there is none."""
    place = text.find(f"{MISSION}/")
    key = text[place:].split("?")[0].strip() if place >= 0 else text
    parse_scan_key(key)
    return key
