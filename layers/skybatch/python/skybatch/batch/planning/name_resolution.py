"""Object names of a batch to positions: round by round, within bounds, with progress."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from skybatch.batch import keys
from skybatch.batch.name_answers import NameAnswers, load_name_answers, save_name_answers
from skybatch.batch.record import load_request
from skybatch.batch.store import BatchStore
from skybatch.names.model import LookupStatus
from skybatch.names.resolver import Resolver
from skybatch.requests.resolution import unresolved_names

SECONDS_PER_CALL = 40.0
# A service that is unavailable is asked a few times; after an hour what is not known stays unknown.
MAX_ROUNDS = 3
SECONDS_BETWEEN_ROUNDS = 10
MAX_SECONDS = 3600.0
# A name that nobody knows costs each service a request, and NED answers one a second for all callers. Names
# beyond so many unknown ones in a batch are not asked for.
MAX_UNKNOWN = 500


def resolve_names(store: BatchStore, resolver: Resolver, now: float) -> int | None:
    """Ask for the batch's names as long as one call may take.

    Returns the seconds to wait before the next call, or None when there is nothing left to ask. ``now`` is
    Unix time.
    """
    names = load_name_answers(store)
    names = replace(names, started=names.started or now)
    wanted = unresolved_names(load_request(store))
    found = resolver.resolve(_names_to_ask(wanted, names), time.monotonic() + SECONDS_PER_CALL)
    names = replace(names, answers={**names.answers, **found.results})
    if not found.remaining:
        names = replace(names, rounds=names.rounds + 1)
    down = any(answer.status is LookupStatus.UNAVAILABLE for answer in names.answers.values())
    over = now - names.started > MAX_SECONDS or names.rounds >= MAX_ROUNDS or _too_many_unknown(names)
    names = replace(names, is_final=over or not (found.remaining or down))
    save_name_answers(store, names)
    _write_progress(store, names, len(wanted))
    if names.is_final:
        return None
    return 0 if found.remaining else SECONDS_BETWEEN_ROUNDS


def _too_many_unknown(names: NameAnswers) -> bool:
    return sum(answer.status is LookupStatus.UNKNOWN for answer in names.answers.values()) >= MAX_UNKNOWN


def _names_to_ask(wanted: Sequence[str], names: NameAnswers) -> list[str]:
    """List the names not asked for yet; if there are none, those that an unavailable service may know."""
    fresh = [name for name in wanted if name not in names.answers]
    return fresh or [name for name in wanted if names.answers[name].status is LookupStatus.UNAVAILABLE]


def _write_progress(store: BatchStore, names: NameAnswers, wanted: int) -> None:
    known = sum(answer.status is not LookupStatus.UNAVAILABLE for answer in names.answers.values())
    store.write_json(keys.PROGRESS, {"state": "resolving", "names": max(wanted, known), "named": known})
