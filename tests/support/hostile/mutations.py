"""Seeded mutations of valid tables and coordinate strings, for fuzz tests."""

from __future__ import annotations

import gzip
import io
import random
import warnings
from collections.abc import Callable, Iterator

from astropy.io.votable import from_table
from astropy.table import Table

from tests.support.tables import request_tables as tables
from tests.unit.sky.test_coordinates import DOCUMENTED, KIN

TOKENS = [
    *(
        b"|",
        b"\n",
        b"\r",
        b"\t",
        b",",
        b'"',
        b"'",
        b"\\",
        b"\0",
        b"\xff",
        b" " * 40,
        b"null",
        b"nan",
        b"inf",
        b"-",
    ),
    *(
        b"1e999",
        b"9" * 400,
        b"<",
        b">",
        b"&",
        b"]]>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"<TR>",
        b"</TD>",
        b"*",
    ),
    *(
        "°′″−é٣".encode(),
        b"\x1f\x8b",
        b"SIMPLE  =",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"#",
        b"--",
        b"0x1",
        b"1_0",
    ),
]


def valid_tables() -> list[tuple[str, bytes]]:
    """Valid tables of every mode and format."""
    texts = [
        *[("positions", t) for t in (tables.POSITIONS_ALL, tables.POSITIONS_CROP, tables.POSITIONS_GATOR)],
        *[("coadd_keys", t) for t in (tables.KEYS_ALL, tables.KEYS_THREE, tables.KEYS_MIXED)],
        *[("scans", t) for t in (tables.SCANS_SIX, tables.SCANS_NULL_IMAGE, tables.SCANS_NO_IMAGE)],
        ("positions", 'objname,size,id\n"NGC 7479",5,a\n00:42:44.3 -41:16:08,,b\n'),
        (
            "positions",
            "ra\tdec\tcsys\tequinox\n12\t-3\tgal\t\n10:00:00\t+5:00\tequ\tB1950\n1\t2\tecl\t2000\n",
        ),
        (
            "coadd_keys",
            "\\skybatch = 1\n|coadd_key|scntr|dataset|type|  req_ra| req_dec|\n"
            "  1590591      3    asky    A     10.5     -5.5\n",
        ),
    ]
    found = [(mode, text.encode()) for mode, text in texts]
    keys = Table({"coadd_key": [1590591, 7], "band": ["j", "k"], "id": ["a", "b c"]})
    for serialization in ("tabledata", "binary", "binary2"):
        out = io.BytesIO()
        from_table(keys).to_xml(out, tabledata_format=serialization)
        found.append(("coadd_keys", out.getvalue()))
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keys.write(out, format="fits")
    return [
        *found,
        ("coadd_keys", out.getvalue()),
        ("positions", gzip.compress(tables.POSITIONS_ALL.encode())),
    ]


def mutated_tables(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Mutated tables, each with the mode to post it in."""
    rng = random.Random(seed)
    whole = valid_tables()
    for _ in range(count):
        mode, table = rng.choice(whole)
        if rng.random() < 0.1:
            mode = rng.choice(("positions", "coadd_keys", "scans"))
        yield mode, mutated(table, rng)


def mutated_coordinates(count: int, seed: int) -> Iterator[str]:
    """Mutated coordinate strings."""
    rng = random.Random(seed)
    texts = [text for text, *_ in DOCUMENTED + KIN]
    for _ in range(count):
        yield mutated(rng.choice(texts).encode(), rng).decode("utf-8", errors="replace")


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Apply one to six mutations; seldom, repeat the result a thousand times."""
    for _ in range(rng.randint(1, 6)):
        content = rng.choice(MUTATIONS)(content, rng)
    return content * 1000 if rng.random() < 0.005 else content


def insert_token(content: bytes, rng: random.Random) -> bytes:
    """Insert a token that is special to some format."""
    at = rng.randint(0, len(content))
    return content[:at] + rng.choice(TOKENS) + content[at:]


def change_byte(content: bytes, rng: random.Random) -> bytes:
    """Change one byte."""
    at = rng.randrange(len(content) + 1)
    return content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]


def remove_piece(content: bytes, rng: random.Random) -> bytes:
    """Remove a piece."""
    start, end = sorted(rng.randint(0, len(content)) for _ in range(2))
    return content[:start] + content[min(end, start + rng.choice((1, 5, 10**9))) :]


def repeat_piece(content: bytes, rng: random.Random) -> bytes:
    """Repeat a piece."""
    start, end = sorted(rng.randint(0, len(content)) for _ in range(2))
    return content[:end] + content[start:]


def swap_digits(content: bytes, rng: random.Random) -> bytes:
    """Replace one digit by another throughout."""
    digits = b"0123456789"
    return content.replace(bytes([rng.choice(digits)]), bytes([rng.choice(digits)]))


Mutation = Callable[[bytes, random.Random], bytes]
MUTATIONS: tuple[Mutation, ...] = (
    insert_token,
    insert_token,
    change_byte,
    change_byte,
    remove_piece,
    repeat_piece,
    swap_digits,
)
