"""One HTTP request to a name service, bounded in time and in bytes."""

from __future__ import annotations

import time
from urllib.parse import quote

import urllib3

from skybatch.names import redirects
from skybatch.names.model import LookupStatus, ServiceResponse
from skybatch.names.response_parsers import PARSERS, InvalidResponse
from skybatch.names.services import Service

MAX_RESPONSE_BYTES = 1_000_000
CHUNK_BYTES = 16_384
TIMEOUTS = (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ConnectTimeoutError)
USER_AGENT = "skybatch (batch image service)"
NO_RETRIES = urllib3.Retry(total=0, connect=0, read=0, redirect=False, status=0, other=0)
MAX_REDIRECTS = 2
# Statuses with which a service says that it does not know a name; any other may mean anything.
UNKNOWN_STATUSES = (400, 404)


def query_service(
    service: Service, name: str, pool: urllib3.PoolManager, max_seconds: float
) -> ServiceResponse:
    """Query one service for one name, for at most ``max_seconds``; every failure is ``UNAVAILABLE``."""
    url = service.url_template.replace("{name}", quote(name, safe=""))
    try:
        status, body = fetch(url, pool, max_seconds)
        if status != 200 and status not in UNKNOWN_STATUSES:
            return _unavailable(service, f"answered HTTP {status}")
        response = PARSERS[service.name](service.name, body.decode("utf-8", errors="replace"))
        if status != 200 and response.status is not LookupStatus.UNKNOWN:
            return _unavailable(service, f"answered HTTP {status}")
        return response
    except InvalidResponse as error:
        return _unavailable(service, str(error))
    except TimeoutError:
        return _unavailable(service, f"did not answer within {max_seconds:.0f} s")
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return _unavailable(service, f"could not be reached ({type(error).__name__})")


def fetch(url: str, pool: urllib3.PoolManager, max_seconds: float) -> tuple[int, bytes]:
    """Return status and body of a GET request, after redirects within the service.

    Raises
    ------
    TimeoutError
        The request as a whole takes longer than ``max_seconds``, however slowly its bytes arrive.
    InvalidResponse
        The body has more than ``MAX_RESPONSE_BYTES``, or the service redirects elsewhere or too often.
    urllib3.exceptions.HTTPError
        The service cannot be reached.
    """
    end, address = time.monotonic() + max_seconds, url
    for _ in range(1 + MAX_REDIRECTS):
        status, location, body = _fetch_one(address, pool, end)
        if status not in redirects.STATUSES or location is None:
            return status, body
        address = redirects.redirect_target(url, address, location)
    raise InvalidResponse("redirects too often")


def _fetch_one(url: str, pool: urllib3.PoolManager, end: float) -> tuple[int, str | None, bytes]:
    """Fetch, once more where the connection was dropped: it may have been while this function slept."""
    try:
        return _fetch_over(url, pool, end)
    except urllib3.exceptions.ProtocolError:
        return _fetch_over(url, pool, end)


def _fetch_over(url: str, pool: urllib3.PoolManager, end: float) -> tuple[int, str | None, bytes]:
    """Return status, Location and body of one request that ends before ``end`` (``time.monotonic()``)."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    try:
        with pool.request(
            "GET",
            url,
            headers={"User-Agent": USER_AGENT},
            timeout=urllib3.Timeout(total=left),
            retries=NO_RETRIES,
            redirect=False,
            preload_content=False,
        ) as response:
            return response.status, response.headers.get("Location"), _read_until(response, end)
    except urllib3.exceptions.MaxRetryError as error:
        if isinstance(error.reason, TIMEOUTS):
            raise TimeoutError from error
        raise error.reason or error from error
    except TIMEOUTS as error:
        raise TimeoutError from error


def _read_until(response: urllib3.BaseHTTPResponse, end: float) -> bytes:
    """Read the body until ``end`` (``time.monotonic()``)."""
    body = bytearray()
    while chunk := response.read1(CHUNK_BYTES):
        body += chunk
        if time.monotonic() > end:
            raise TimeoutError
        if len(body) > MAX_RESPONSE_BYTES:
            raise InvalidResponse("sent a response that is too large")
    return bytes(body)


def _unavailable(service: Service, message: str) -> ServiceResponse:
    return ServiceResponse(service.name, LookupStatus.UNAVAILABLE, message)
