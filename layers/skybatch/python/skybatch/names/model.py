"""What the name services returned for an object name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from skybatch.sky.position import SkyPosition


class LookupStatus(StrEnum):
    """How the query of one name ended."""

    FOUND = "found"
    UNKNOWN = "unknown"
    UNAVAILABLE = "down"


@dataclass(frozen=True)
class ServiceResponse:
    """One service's response for one name.

    Attributes
    ----------
    service
        Name of the service.
    status
        Whether it knows the name, does not know it, or could not be queried.
    message
        What the service said, one printable line.
    position
        ICRS position; None unless found.
    """

    service: str
    status: LookupStatus
    message: str
    position: SkyPosition | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the response as a JSON object."""
        return {
            "service": self.service,
            "state": self.status.value,
            "words": self.message,
            "sky": [self.position.ra, self.position.dec] if self.position else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ServiceResponse:
        """Read what `to_json` wrote."""
        position = SkyPosition(*stored["sky"]) if stored["sky"] else None
        return cls(stored["service"], LookupStatus(stored["state"]), stored["words"], position)


@dataclass(frozen=True)
class NameResult:
    """The result for one name: the responses of all services queried for it, in order."""

    name: str
    responses: tuple[ServiceResponse, ...]

    @property
    def position(self) -> SkyPosition | None:
        """The ICRS position from the first service that knows the name; None if there is none."""
        return next((one.position for one in self.responses if one.position is not None), None)

    @property
    def status(self) -> LookupStatus:
        """Found; unknown to every service; or unavailable, if one that might know did not respond."""
        if self.position is not None:
            return LookupStatus.FOUND
        unavailable = any(one.status is LookupStatus.UNAVAILABLE for one in self.responses)
        return LookupStatus.UNAVAILABLE if unavailable else LookupStatus.UNKNOWN

    @property
    def source(self) -> str | None:
        """The service that knows the name, or ``designation``."""
        return next((one.service for one in self.responses if one.status is LookupStatus.FOUND), None)

    def explanation(self) -> str:
        """Return what each service said, for the reason of a row."""
        return "; ".join(f"{one.service}: {one.message}" for one in self.responses)

    def to_json(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        return {"name": self.name, "replies": [one.to_json() for one in self.responses]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> NameResult:
        """Read what `to_json` wrote."""
        replies: Sequence[Mapping[str, Any]] = stored["replies"]
        return cls(stored["name"], tuple(ServiceResponse.from_json(reply) for reply in replies))


@dataclass(frozen=True)
class Resolution:
    """Results by name, and the names there was no time for, in their order."""

    results: Mapping[str, NameResult]
    remaining: tuple[str, ...]
