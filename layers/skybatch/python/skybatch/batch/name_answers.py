"""What the name services have answered about a batch's object names so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skybatch.batch import keys
from skybatch.batch.store import BatchStore
from skybatch.names.model import NameResult


@dataclass(frozen=True)
class NameAnswers:
    """The answers to a batch's names.

    Attributes
    ----------
    answers
        By name.
    started
        Unix time of the first question, 0 before it.
    rounds
        How many times all names were asked.
    is_final
        Whether no name will be asked again; ``settled`` in ``names.json``.
    """

    answers: Mapping[str, NameResult]
    started: float = 0.0
    rounds: int = 0
    is_final: bool = False


def load_name_answers(store: BatchStore) -> NameAnswers:
    """Read the answers so far; none where nobody has asked yet."""
    body = store.read_json(keys.NAMES)
    if body is None:
        return NameAnswers({})
    answers = [NameResult.from_json(answer) for answer in body["answers"]]
    by_name = {answer.name: answer for answer in answers}
    return NameAnswers(by_name, body["started"], body["rounds"], body["settled"])


def save_name_answers(store: BatchStore, names: NameAnswers) -> None:
    """Write the answers so far."""
    store.write_json(
        keys.NAMES,
        {
            "answers": [answer.to_json() for answer in names.answers.values()],
            "started": names.started,
            "rounds": names.rounds,
            "settled": names.is_final,
        },
    )
