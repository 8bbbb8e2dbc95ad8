"""Conditions mean what they mean in SQLite; any other text is refused with a reason."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from typing import Any

import numpy as np
import pytest

from skybatch.errors import MalformedRequest
from skybatch.inventory.inventory import Inventory
from skybatch.vo.ibe.search import search
from skybatch.vo.parameters import Parameters
from skybatch.vo.where import evaluator
from skybatch.vo.where.columns import KINDS, ImageColumns
from skybatch.vo.where.evaluator import compile_condition


@pytest.fixture(scope="module")
def sqlite(inventory: Inventory, columns: dict[str, ImageColumns]) -> sqlite3.Connection:
    """The same table in SQLite, with its LIKE made case-sensitive as ours is."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA case_sensitive_like = ON")
    kinds = ", ".join(f"{name} {'TEXT' if kind == 'text' else 'REAL'}" for name, kind in KINDS.items())
    connection.execute(f"CREATE TABLE images (number INTEGER, {kinds})")
    for band, values in columns.items():
        listed = [np.broadcast_to(np.asarray(values[name]), inventory.size).tolist() for name in KINDS]
        rows = [(i, *row) for i, row in enumerate(zip(*listed, strict=True))]
        marks = ", ".join("?" * (len(KINDS) + 1))
        connection.executemany(f"INSERT INTO images VALUES ({marks})", rows)
        assert band
    return connection


MEANINGFUL = [
    "filter='j'",
    "FILTER = 'h' AND magzp > 20.9",
    "magzp IS NULL",
    "magzp IS NOT NULL AND seesh < 2.6",
    "NOT magzp > 20.9",
    "NOT (magzp > 20.9 AND filter = 'j')",
    "magzp > 20.9 OR filter = 'k'",
    "magzp BETWEEN 20.8 AND 20.9",
    "magzp NOT BETWEEN 20.8 AND 20.9",
    "coaddno IN (9, 21, 33)",
    "coaddno NOT IN (9, 21, 33)",
    "coaddno NOT IN (9, NULL)",
    "filter IN ('j', 'k') AND NOT hemisphere = 's'",
    "fname LIKE 'ji0%'",
    "fname NOT LIKE '%267%'",
    "fname LIKE '_i____0009.fits.gz'",
    "ordate LIKE '9706%'",
    "ordate >= '970610' AND ordate < '970701'",
    "dec > 30 + 10 * 2 - 5",
    "dec * 2 / 4 > 10",
    "-dec > +20",
    "(ra - 180) * (ra - 180) < 900",
    "1 / 0 = 1 OR coaddno = 9",
    "1 / 0 IS NULL",
    "scanno = 8 AND (filter = 'j' OR (filter = 'h' AND dec < 0))",
    "'a' < 'b' AND filter <> 'j'",
    "filter != 'j' AND scanno <= 9",
    "NULL IS NULL",
    "magzp = NULL",
    "NOT magzp = NULL",
    "fname LIKE '%'",
    "naxis2 < 1024 and crota2 > 0",
]


@pytest.mark.parametrize("text", MEANINGFUL)
def test_a_condition_means_what_it_means_in_sql(
    inventory: Inventory, columns: dict[str, ImageColumns], sqlite: sqlite3.Connection, text: str
) -> None:
    test = compile_condition(text, KINDS)
    ours = {
        (int(i), band)
        for band, values in columns.items()
        for i in np.flatnonzero(test.matches(values, inventory.size))
    }
    theirs = set(sqlite.execute(f"SELECT number, filter FROM images WHERE {text}"))
    assert ours == theirs


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nothing = 1", "no column nothing"),
        ("filter = 1", "single quotes"),
        ("filter", "must be a condition"),
        ("3", "must be a condition"),
        ("filter AND 1 = 1", "no condition"),
        ("'a' + 1 = 2", "calculates"),
        ("magzp LIKE 'a'", "LIKE"),
        ("system('ls') = 0", "cannot be read"),
        ("__import__('os')", "cannot be read"),
        ("(select 1)", "cannot be read"),
        ("filter = 'j'; drop table images", "cannot be read"),
        ("filter = 'j' -- ", "cannot be read"),
        ("filter = 'j", "cannot be read"),
        ("filter = 'j\x00'", "cannot be read"),
        ("magzp >", "too early"),
        ("andromeda = 1", "no column andromeda"),
        ("(" * 50 + "1=1" + ")" * 50, "nested"),
        ("NOT " * 50 + "1=1", "nested"),
        ("-" * 50 + "1=1", "nested"),
        ("1=1 or " * 1000 + "1=1", "4,000 characters"),
    ],
)
def test_what_has_no_meaning_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(MalformedRequest, match=why) as refused:
        compile_condition(text, KINDS)
    assert refused.value.status == 400


@pytest.mark.parametrize("text", ["1=1" + " and 1=1" * 440, "1" + "+1" * 1900 + "=1901"])
def test_long_chains_are_no_deep_nesting(text: str) -> None:
    assert compile_condition(text, KINDS).matches({}, 3).all()


def test_like_does_not_backtrack() -> None:
    # A pattern that backtracks would not end.
    pattern = "%a" * 60 + "%b"
    values = {"fname": np.array(["a" * 60] * 1000)}
    assert not compile_condition(f"fname LIKE '{pattern}'", {"fname": "text"}).matches(values, 1000).any()


PIECES = [
    *KINDS, "and", "OR", "not", "in", "between", "like", "is", "null", "=", "<>", "<", ">=", "(", ")", ",",
    "'j'", "'%'", "''", "1", "-1", "1e300", "9" * 400, ".5", "+", "-", "*", "/", "%", " ", "'", '"', ";",
    "--", "/*", "\\", "é", "\n", "\x00", "exec", "lambda:0", "__class__", "select", "0x1", "1.2.3", "%s",
    "1e999",
]  # fmt: skip


def mutated(rng: random.Random) -> str:
    """A meaningful condition after a few accidents, or pieces thrown together."""
    if rng.random() < 0.2:
        return " ".join(rng.choices(PIECES, k=rng.randint(1, 30)))
    text = rng.choice(MEANINGFUL)
    for _ in range(rng.randint(0, 3)):
        at, end = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        change = rng.randint(0, 3)
        piece = rng.choice(PIECES) if change < 2 else rng.choice(MEANINGFUL)
        text = {
            0: text[:at] + piece + text[at:],
            1: text[:at] + piece + text[end:],
            2: f"({text}) {rng.choice(['and', 'or'])} {piece}",
            3: text[:at] + text[at:end] * rng.randint(0, 5) + text[end:],
        }[change]
    return text


def refused(text: str, inventory: Inventory) -> MalformedRequest | None:
    """The refusal of a condition, or None where it gave a table."""
    try:
        search(Parameters.of({"where": text, "maxrec": "50"}), inventory)
    except MalformedRequest as error:
        return error
    return None


def fuzz(inventory: Inventory, rounds: int, seed: int) -> dict[str, int]:
    """Return how many conditions give a table and how many a clear refusal; there is nothing else."""
    rng, counts = random.Random(seed), {"tables": 0, "refused": 0}
    for _ in range(rounds):
        text = mutated(rng)
        counts["refused" if (refusal := refused(text, inventory)) else "tables"] += 1
        assert refusal is None or (refusal.status == 400 and refusal.detail.startswith(("where", "POS")))
    return counts


def test_mutated_conditions_are_tables_or_refusals(inventory: Inventory) -> None:
    counts = fuzz(inventory, 500, 1)
    assert min(counts.values()) > 50


@pytest.mark.soak
def test_ten_thousand_mutated_conditions(inventory: Inventory) -> None:
    counts = fuzz(inventory, 10_000, 2)
    assert min(counts.values()) > 1000


class CountedColumns(dict[str, Any]):
    """Columns that count how often each is read."""

    def __init__(self, **columns: Any) -> None:
        super().__init__(columns)
        self.reads: Counter[str] = Counter()

    def __getitem__(self, name: str) -> Any:
        self.reads[name] += 1
        return super().__getitem__(name)


@pytest.mark.parametrize("text", ["dec + ra in (1, 2, 3, 4)", "dec + ra between 1 and 4", "ra = 3 or ra = 4"])
def test_a_subject_is_computed_once(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    additions: list[object] = []

    def add(a: Any, b: Any) -> Any:
        additions.append(a)
        return np.add(a, b)

    monkeypatch.setitem(evaluator._ARITHMETIC, "+", add)
    columns = CountedColumns(ra=np.array([3.0]), dec=np.array([1.0]))
    assert compile_condition(text, KINDS).matches(columns, 1).all()
    assert len(additions) == text.count("+")
    assert max(columns.reads.values()) == 1


def test_the_time_is_checked_within_an_evaluation() -> None:
    looks: list[int] = []
    condition = compile_condition(" or ".join(["ra = 1"] * 50), KINDS)
    condition.matches({"ra": np.zeros(3)}, 3, lambda: looks.append(1))
    assert len(looks) == 50


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ("ra in (1)", "ra in (1, 2)"),
        ("ra = 1", "ra + ra = 1"),
        ("ra = 1", "ra = 1 and dec = 1"),
        ("filter = 'j'", "fname like 'j%'"),
        ("ra = 1", "filter = 'j'"),
        ("ra = 1", "not ra = 1"),
        ("ra = 1", "-ra = 1"),
    ],
)
def test_more_operations_are_more_steps(small: str, large: str) -> None:
    assert 0 < compile_condition(small, KINDS).steps < compile_condition(large, KINDS).steps


def test_a_subject_counts_once_however_many_items_there_are() -> None:
    subject = "+".join(["ra"] * 600)
    one, many = (compile_condition(f"{subject} in ({items})", KINDS).steps for items in ("1", "1,1,1"))
    assert many - one < one / 50
