"""Seeded damage: tables and coordinate strings as no writer meant them."""

from __future__ import annotations

import gzip
import io
import random
import warnings
from collections.abc import Callable, Iterator

from astropy.io.votable import from_table
from astropy.table import Table

from tests.support import request_tables as made
from tests.unit.sky.test_coordinates import DOCUMENTED, KIN

SPICE = [
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


def sources() -> list[tuple[str, bytes]]:
    """Sound tables of every mode and format."""
    texts = [
        *[("positions", t) for t in (made.POSITIONS_ALL, made.POSITIONS_CROP, made.POSITIONS_GATOR)],
        *[("coadd_keys", t) for t in (made.KEYS_ALL, made.KEYS_THREE, made.KEYS_MIXED)],
        *[("scans", t) for t in (made.SCANS_SIX, made.SCANS_NULL_IMAGE, made.SCANS_NO_IMAGE)],
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
    return [*found, ("coadd_keys", out.getvalue()), ("positions", gzip.compress(made.POSITIONS_ALL.encode()))]


def mutated_tables(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Damaged tables, each with the mode to post it in."""
    chance = random.Random(seed)
    whole = sources()
    for _ in range(count):
        mode, table = chance.choice(whole)
        if chance.random() < 0.1:
            mode = chance.choice(("positions", "coadd_keys", "scans"))
        yield mode, damaged(table, chance)


def mutated_coordinates(count: int, seed: int) -> Iterator[str]:
    """Damaged coordinate strings."""
    chance = random.Random(seed)
    texts = [text for text, *_ in DOCUMENTED + KIN]
    for _ in range(count):
        yield damaged(chance.choice(texts).encode(), chance).decode("utf-8", errors="replace")


def damaged(content: bytes, chance: random.Random) -> bytes:
    """One to six random changes, seldom repeated a thousand times over."""
    for _ in range(chance.randint(1, 6)):
        content = chance.choice(CHANGES)(content, chance)
    return content * 1000 if chance.random() < 0.005 else content


def spice(content: bytes, chance: random.Random) -> bytes:
    """Put something that means something somewhere, anywhere."""
    at = chance.randint(0, len(content))
    return content[:at] + chance.choice(SPICE) + content[at:]


def flip(content: bytes, chance: random.Random) -> bytes:
    """Change one byte."""
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def cut(content: bytes, chance: random.Random) -> bytes:
    """Take a piece out."""
    start, end = sorted(chance.randint(0, len(content)) for _ in range(2))
    return content[:start] + content[min(end, start + chance.choice((1, 5, 10**9))) :]


def double(content: bytes, chance: random.Random) -> bytes:
    """Say a piece twice."""
    start, end = sorted(chance.randint(0, len(content)) for _ in range(2))
    return content[:end] + content[start:]


def swap_digits(content: bytes, chance: random.Random) -> bytes:
    """Replace one digit by another throughout."""
    digits = b"0123456789"
    return content.replace(bytes([chance.choice(digits)]), bytes([chance.choice(digits)]))


Change = Callable[[bytes, random.Random], bytes]
CHANGES: tuple[Change, ...] = (spice, spice, flip, flip, cut, double, swap_digits)
