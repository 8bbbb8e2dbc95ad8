"""Object names to positions: IRSA, then NED, then SIMBAD; the first that knows a name wins.

2MASS and 2MASX designations are IRSA's alone; where it cannot answer, the position is read off the name.
Each service's answers are cached one by one, so that a call cut short by its deadline loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import urllib3

from skybatch.names.rate_limit import Lane, OutOfTime, Turn
from skybatch.names.services import SERVICES, Reply, Service, State
from skybatch.sky.position import SkyPosition
from skybatch.surveys.twomass.designations import designated, is_designation

DAY = 86_400.0
FOUND_AGE = 365 * DAY
UNKNOWN_AGE = DAY
DESIGNATION = "designation"


class Cache(Protocol):
    """Keeps small JSON documents; S3 in the service, a dictionary in tests."""

    def get(self, key: str) -> tuple[Mapping[str, Any], float] | None:
        """The document and its age in seconds, or None."""

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        """Keep a document under ``key``, which is text of any characters."""


class NoCache:
    """Keeps nothing."""

    def get(self, key: str) -> tuple[Mapping[str, Any], float] | None:
        """Nothing is ever there."""

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        """Nothing is kept."""


@dataclass(frozen=True)
class Answer:
    """All that came of one name: its position if anybody knew it, and what each service said."""

    name: str
    position: SkyPosition | None
    replies: tuple[Reply, ...]

    @property
    def state(self) -> State:
        """Found; unknown to all that were asked; or down, if one that might know did not answer."""
        if self.position is not None:
            return State.FOUND
        down = any(reply.state is State.DOWN for reply in self.replies)
        return State.DOWN if down else State.UNKNOWN

    @property
    def source(self) -> str | None:
        """Who knew it: a service's name, or ``designation``."""
        return next((reply.service for reply in self.replies if reply.state is State.FOUND), None)

    def sentence(self) -> str:
        """What each service said, for the row's reason."""
        return "; ".join(f"{reply.service}: {reply.words}" for reply in self.replies)

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        return {"name": self.name, "replies": [reply.to_json() for reply in self.replies]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Answer:
        """The answer that ``to_json`` wrote."""
        return answer_of(stored["name"], [Reply.from_json(reply) for reply in stored["replies"]])


@dataclass(frozen=True)
class Resolution:
    """Answers by name, and the names there was no time for, in their order."""

    answers: Mapping[str, Answer]
    remaining: tuple[str, ...]


class Resolver:
    """Asks the services in their order, each in a lane of its own that all calls share.

    ``turns`` gives services, by name, a turn shared with other processes.
    """

    def __init__(
        self,
        services: Sequence[Service] = SERVICES,
        cache: Cache | None = None,
        turns: Mapping[str, Turn] | None = None,
    ) -> None:
        shared = turns or {}
        self.lanes = [Lane(service, shared.get(service.name)) for service in services]
        self.cache = cache or NoCache()
        self.width = sum(service.side_by_side for service in services)
        self.pool = urllib3.PoolManager(maxsize=self.width, num_pools=len(services))

    def resolve(self, names: Iterable[str], deadline: float) -> Resolution:
        """Answer as many names as there is time for.

        Parameters
        ----------
        names
            Object names; one that stands several times is asked once.
        deadline
            End of the time for this call, in seconds of ``time.monotonic()``; no request is sent later.
        """
        for lane in self.lanes:
            lane.failures = 0
        wanted = list(dict.fromkeys(names))
        with ThreadPoolExecutor(self.width) as workers:
            found = list(workers.map(lambda name: self.within(name, deadline), wanted))
        answers = {answer.name: answer for answer in found if answer is not None}
        return Resolution(answers, tuple(name for name in wanted if name not in answers))

    def within(self, name: str, deadline: float) -> Answer | None:
        """One name's answer, None if time runs out."""
        try:
            return self.one(name, deadline)
        except OutOfTime:
            return None

    def one(self, name: str, deadline: float) -> Answer:
        """One name's answer; raises OutOfTime."""
        replies: list[Reply] = []
        mine = [lane for lane in self.lanes if lane.service.name == "IRSA"]
        for lane in mine if is_designation(name) else self.lanes:
            replies.append(self.cached(lane, name, deadline))
            if replies[-1].state is State.FOUND:
                break
        return answer_of(name, replies)

    def cached(self, lane: Lane, name: str, deadline: float) -> Reply:
        """The service's kept reply if it is young enough, else a new one; a failure is not kept."""
        key = f"{lane.service.name}/{name}"
        kept = self.cache.get(key)
        if kept is not None:
            reply = Reply.from_json(kept[0])
            if kept[1] <= (FOUND_AGE if reply.state is State.FOUND else UNKNOWN_AGE):
                return reply
        reply = lane.ask(name, self.pool, deadline)
        if reply.state is not State.DOWN:
            self.cache.put(key, reply.to_json())
        return reply


def answer_of(name: str, replies: Sequence[Reply]) -> Answer:
    """The answer that replies make together; a designation answers for itself when no service could."""
    sky = next((reply.position for reply in replies if reply.position is not None), None)
    if sky is None and (sky := designated(name)) is not None:
        own = Reply(DESIGNATION, State.FOUND, "the position was read off the designation itself", sky)
        return Answer(name, sky, (*replies, own))
    return Answer(name, sky, tuple(replies))
