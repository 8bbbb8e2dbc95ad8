"""Buckets beside the archive's own: which, in which region, and by what access they are read.

A place is written as one text, ``s3://nasa-irsa-wise?region=us-west-2&access=anonymous``, which plans carry;
the empty text is the archive itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from skybatch.storage.s3 import (
    CALL_TIMEOUT,
    CONNECT_TIMEOUT,
    FUNCTION_RETRIES,
    Connection,
    FunctionBucket,
    store_options,
)

if TYPE_CHECKING:
    from obstore.store import ObjectStore

ANONYMOUS, SIGNED = "anonymous", "signed"
ARCHIVE = ""
# Where buckets that anybody may read are reached, with {region} in it; empty for AWS. For emulators, which
# answer signed requests alone, or every one.
PUBLIC_ENDPOINT = "PUBLIC_S3_ENDPOINT"


@dataclass(frozen=True)
class BucketPlace:
    """A bucket: its name, its region (empty: the process's own), ``anonymous`` or ``signed`` access.

    ``requester_pays`` says that requests declare to pay for what they read.
    """

    bucket: str
    region: str = ""
    access: str = SIGNED
    requester_pays: bool = False

    @property
    def text(self) -> str:
        """The place in one text."""
        said = {"region": self.region, "access": self.access, "payer": "requester" * self.requester_pays}
        return f"s3://{self.bucket}?{urlencode({name: value for name, value in said.items() if value})}"

    @classmethod
    def from_text(cls, text: str) -> BucketPlace:
        """Read what `text` writes."""
        url = urlsplit(text)
        said = {name: values[0] for name, values in parse_qs(url.query).items()}
        pays = said.get("payer") == "requester"
        return cls(url.netloc, said.get("region", ""), said.get("access", SIGNED), pays)


class PlaceBucket(FunctionBucket):
    """A bucket that knows which place it is."""

    place: BucketPlace

    @property
    def is_anonymous(self) -> bool:
        """Whether anybody may read it."""
        return self.place.access == ANONYMOUS

    @cached_property
    def endpoint(self) -> str:
        """The address of its region's S3, where that is not AWS's own."""
        return place_endpoint(self.place)

    def url(self, key: str) -> str:
        """Return the plain address of an object, which anybody may read where the place is anonymous."""
        bucket, region = self.place.bucket, self.place.region
        path = quote(key, safe="/~")
        if self.endpoint:
            return f"{self.endpoint}/{bucket}/{path}"
        host = f"s3.{region}.amazonaws.com"
        # A certificate for one label does not cover a bucket's name that has dots.
        return f"https://{host}/{bucket}/{path}" if "." in bucket else f"https://{bucket}.{host}/{path}"


def open_images(archive: ObjectStore, place: str) -> ObjectStore:
    """Return where a place's images are read: the archive for the empty text."""
    return open_place(place) if place else archive


def place_config(place: BucketPlace) -> dict[str, Any]:
    """Return obstore's configuration of a place: its region, who pays, and whether requests are signed."""
    config: dict[str, Any] = {"skip_signature": True} if place.access == ANONYMOUS else {}
    if place.region:
        config["region"] = place.region
    if place.requester_pays:
        config["request_payer"] = True
    return config


@lru_cache(maxsize=16)
def open_place(place: str) -> PlaceBucket:
    """Open a place, once per process, with the time that functions have for a call."""
    known = BucketPlace.from_text(place)
    connection = Connection(place_endpoint(known), place_config(known))  # type: ignore[arg-type]
    quick = replace(connection, timeout=CALL_TIMEOUT, connect_timeout=CONNECT_TIMEOUT)
    opened = PlaceBucket(**store_options(known.bucket, quick, "", FUNCTION_RETRIES))
    opened.place = known
    return opened


def place_endpoint(place: BucketPlace) -> str:
    """Return the address of S3 in a place's region, empty where obstore builds it itself."""
    public = os.environ.get(PUBLIC_ENDPOINT, "")
    if public and place.access == ANONYMOUS:
        return public.replace("{region}", place.region)
    if place.region.startswith("cn-"):
        return f"https://s3.{place.region}.amazonaws.com.cn"
    # Of a partition whose addresses obstore does not know, the template gives that of the own region.
    own = os.environ.get("AWS_REGION", "")
    endpoint = Connection.from_environment().endpoint
    return endpoint.replace(f".{own}.", f".{place.region}.") if own and place.region else endpoint
