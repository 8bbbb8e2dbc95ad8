"""Requests made to cost much, for every route: known ones, and a grammar for a search of worse ones.

A GET has at most 4 kB of query, a body at most 4 MB.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.support.hostile.grammar import FORMATS, GENES, upload_of
from tests.support.hostile.large_batch import crowded_positions
from tests.support.tables.request_tables import multipart_body

MAX_QUERY, MAX_BODY = 4_000, 3_990_000
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
SEARCH, SIA = "/ibe/search/twomass/allsky/allsky", "/ibe/sia/twomass/allsky/allsky"
INVENTORY = "/cgi-bin/2MASS/IM/nph-im_sia"
KEY = "twomass/allsky/allsky/000101n/s001/image/ji0010009.fits.gz"
IDS = (f"ivo://irsa.ipac/2mass?{KEY}", f"ivo://skybatch/2mass?{KEY}", "x")


@dataclass(frozen=True)
class Costly:
    """One request."""

    function: str
    method: str
    url: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    pictures: bool = False  # of an archive that has pixels

    @property
    def route(self) -> str:
        """The name that it is reported by: its method and path."""
        return f"{self.method} {self.url.partition('?')[0]}"


# Searches -------------------------------------------------------------------------------------------------

NUMBERS = ("0", "180", "-90", "90", "360", "1e308", "0.0001", "10", "60", "45")
POSITIONS = ("180,20", "0,90", "0,-90", "0,0", "180 20", "m83", "359.99,89.99")
SIZES = ("0", "0.1", "1", "10", "60", "90")
CONDITIONS = (
    "dec>100", "dec<100", "ra in ({numbers})", "{terms}", "fname like '%a%b%c'", "fname like '{percents}x'",
    "fname='a' or fname like '%x'", "not (ra between 1 and 2)", "ra{sums}>1e9", "{nested}ra>1{closed}",
    "ra/dec*dec%7-ra<0 and dec is not null", "ordate like '%9' and hemisphere='n'", "'a' like '%a'",
    "coadd_key in ({numbers})", "coadd_key=1 or {terms}", "-----ra<0",
)  # fmt: skip
REGIONS = (
    "CIRCLE 180 20 60", "CIRCLE 0 90 10", "CIRCLE 10 20 0.1", "RANGE 0 360 -90 90", "RANGE 0 10 -10 10",
    "POLYGON 0 0 40 0 40 40 0 40", "POLYGON 10 10 11 10 11 11", "POLYGON {corners}",
)  # fmt: skip
COLUMNS = ("fname", "ra,dec", "fname,fname,fname", "{columns}")
FORMATS_OF_ANSWERS = ("ipac", "votable", "csv", "tsv", "html", "METADATA", "x")


def searches(rng: random.Random) -> Costly:
    """Return a random search."""
    pools: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
        SEARCH: (
            ("POS", POSITIONS), ("SIZE", SIZES), ("where", CONDITIONS), ("columns", COLUMNS),
            ("ct", FORMATS_OF_ANSWERS), ("INTERSECT", ("COVERS", "OVERLAPS", "ENCLOSED", "CENTER")),
            ("mcen", ("", "1")), ("MAXREC", NUMBERS),
        ),
        SIA: (
            ("POS", POSITIONS), ("SIZE", SIZES), ("INTERSECT", ("COVERS", "OVERLAPS", "ENCLOSED", "CENTER")),
            ("FORMAT", ("ALL", "METADATA", "image/fits")), ("RESPONSEFORMAT", FORMATS_OF_ANSWERS),
        ),
        INVENTORY: (
            ("POS", POSITIONS), ("SIZE", SIZES), ("FORMAT", ("ALL", "METADATA")), ("ds", ("asky", "sx", "x")),
            ("band", ("A", "J", "x")), ("type", ("at", "ql")),
        ),
        "/sia2/query": (
            ("POS", REGIONS), ("POS", REGIONS), ("TIME", ("50000 60000", "1", "{interval}")),
            ("BAND", ("1e-6 3e-6", "x")), ("ID", IDS), ("COLLECTION", ("x", "2MASS")), ("MAXREC", NUMBERS),
            ("RESPONSEFORMAT", FORMATS_OF_ANSWERS), ("SPATRES", ("1 9",)), ("FOV", ("0 1",)),
        ),
        "/datalink/links": (("ID", IDS),),
        "/soda/sync": (
            ("ID", IDS), ("CIRCLE", ("180 20 60",)), ("POLYGON", ("{corners}",)), ("POS", REGIONS),
        ),
        "/cgi-bin/2MASS/IM/nph-im_key": (("key", NUMBERS), ("band", ("j", "A")), ("preview", ("png", "x"))),
        f"/ibe/data/{KEY}": (
            ("center", POSITIONS), ("size", ("60deg", "1arcmin", "9999px")), ("gzip", ("0", "1")),
        ),
    }  # fmt: skip
    path = rng.choice(list(pools))
    posted = (
        path in (SEARCH, SIA, INVENTORY, "/sia2/query", "/datalink/links", "/soda/sync")
        and rng.random() < 0.3
    )
    room = 250_000 if posted else MAX_QUERY
    pairs = [
        f"{name}={quote(_filled(rng.choice(values), rng, room // 4))}"
        for name, values in pools[path]
        for _ in range(rng.choice((0, 1, 1, 1, 40, 190)) if path in ("/sia2/query", "/datalink/links") else 1)
        if rng.random() < 0.7
    ]
    text = "&".join(pairs)[:room]
    if posted:
        return Costly("search", "POST", path, text.encode(), tuple(FORM.items()))
    return Costly("search", "GET", f"{path}?{text}")


def _filled(text: str, rng: random.Random, room: int) -> str:
    """Fill what a value leaves open, up to some characters."""
    many = max(1, min(room // 12, 4000))
    fillings: dict[str, Callable[[], str]] = {
        "numbers": lambda: ",".join(str(rng.randrange(10**6)) for _ in range(many)),
        "terms": lambda: rng.choice((" or ", " and ")).join(f"dec>{rng.randrange(99)}" for _ in range(many)),
        "percents": lambda: "%a" * many,
        "sums": lambda: "+1" * many,
        "nested": lambda: "(" * many,
        "closed": lambda: ")" * many,
        "corners": lambda: " ".join(
            f"{10 + rng.random()} {10 + rng.random()}" for _ in range(min(many, 250))
        ),
        "columns": lambda: ",".join(["fname"] * many),
        "interval": lambda: f"{rng.uniform(5e4, 5.2e4)} 60000",
    }
    for name, fill in fillings.items():
        if f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", fill())
    return text


# Uploads --------------------------------------------------------------------------------------------------

UPLOADS = ("/batches", "/plans", "/tables")


def uploads(rng: random.Random) -> Costly:
    """Return a random upload of a table, plain or gzipped."""
    genes = tuple(rng.randrange(10_000) for _ in range(GENES))
    mode, table = upload_of(rng.choice(list(FORMATS)), genes, rng.choice((300_000, 3_900_000, 12_000_000)))
    return posted_table(rng.choice(UPLOADS), mode, table)


def posted_table(path: str, mode: str, table: bytes) -> Costly:
    """Return a table as a form posts it, gzipped where it is too large."""
    sent = table if len(table) < MAX_BODY - 1000 else gzip.compress(table, 6)
    body, media_type = multipart_body({"mode": mode}, sent)
    return Costly("planner", "POST", path, body[:MAX_BODY], (("content-type", media_type),))


def of_images(key: str, position: str) -> Iterator[Costly]:
    """Yield requests for one image of an archive with pixels, by its key and the position of its centre."""
    image = f"ivo://skybatch/2mass?{key}"
    ra, dec = position.split(",")
    for url in (
        f"/ibe/data/{key}", f"/ibe/data/{key}?gzip=0", f"/ibe/data/{key}?center={position}&size=1deg",
        f"/ibe/data/{key}?center={position}&size=2arcmin&gzip=false",
        f"/ibe/data/{key.rpartition('/')[0]}/", "/cgi-bin/2MASS/IM/nph-im_key?key=1001&band=j",
        "/cgi-bin/2MASS/IM/nph-im_key?key=1001&band=j&preview=png",
        f"/soda/sync?ID={image}", f"/soda/sync?ID={image}&CIRCLE={ra}+{dec}+1",
        f"/soda/sync?ID={image}&POLYGON=" + "+".join(f"{ra}+{dec}" for _ in range(100)),
        f"/datalink/links?ID={image}", "/cgi-bin/2MASS/IM/nph-im?ds=asky&dh=990101n&scan=001&name=ji0010009",
    ):  # fmt: skip
        yield Costly("search", "GET", url, pictures=True)


# Known ones -----------------------------------------------------------------------------------------------


def known(over_limit: str, failed: str, file: str) -> Iterator[Costly]:
    """Yield a costly request to every route; the ids are of large batches, the name of an image of theirs."""
    for path in (
        "", "/results", "/results?sort=-size&find=9&view=table", "/images", "/images?after=0-99000",
        "/sky.svg", "/files/rows.tbl", f"/images/{file}", f"/views/{file}", f"/views/{file}?sort=-size",
        "/bundles/0",
    ):  # fmt: skip
        yield from (Costly("portal", "GET", f"/batches/{each}{path}") for each in (over_limit, failed))
    yield Costly("portal", "GET", f"/batches/{failed}/previews/{file}.png")
    for path in (
        "/",
        "/help",
        "/help/",
        "/help/columns",
        "/docs",
        "/openapi.json",
        "/health",
        f"/addresses/{'0' * 32}",
        "/" + "x" * 3900,
    ):
        yield Costly("portal", "GET", path, headers=(("accept", "text/html"),))
        yield Costly("portal", "POST", path, b"x" * MAX_BODY)
    yield Costly("planner", "POST", f"/batches/{failed}/resubmit", b'{"what": "failed"}', tuple(JSON.items()))
    yield Costly("planner", "POST", f"/batches/{over_limit}/resubmit")
    for body, headers in ((b"[" * MAX_BODY, JSON), (b"a=1&" * 900_000, FORM)):
        yield Costly("planner", "POST", f"/batches/{failed}/resubmit", body, tuple(headers.items()))
        yield Costly("planner", "POST", f"/batches/{failed}/cancel", body, tuple(headers.items()))
        yield from (Costly("planner", "POST", path, body, tuple(headers.items())) for path in UPLOADS)
    for path in UPLOADS:
        yield posted_table(path, "positions", crowded_positions(2500, 88.2).encode())
        yield posted_table(path, "positions", crowded_positions(2500, 89.3).encode())
        yield posted_table(path, "positions", b"name\n" + b"".join(b"obj %d\n" % n for n in range(2500)))
    yield posted_table("/plans?format=svg", "positions", crowded_positions(2500, 88.2).encode())
    for path in (SEARCH, SIA, INVENTORY, "/sia2/query", "/soda/sync", "/datalink/links", "/SIA"):
        yield Costly("search", "POST", path, b"x" * MAX_BODY, tuple(FORM.items()))
    for url in (
        f"{SEARCH}?where=dec%3E100", f"{SEARCH}?where=dec%3E89.9&ct=html",
        f"{SEARCH}?where=fname%20like%20'%25x%25y%25z'", f"{SEARCH}?POS=180,20&SIZE=60&ct=html",
        f"{SIA}?POS=0,90&SIZE=90&INTERSECT=ENCLOSED", f"{INVENTORY}?POS=0,0&SIZE=90&FORMAT=ALL",
        "/sia2/query?MAXREC=10000&RESPONSEFORMAT=html", "/ibe/data/twomass/", "/ibe/search",
        "/sia2/availability", "/SIA/availability", "/surveys/2mass-asky/coverage.svg", "/registry/records",
        "/registry/record/2mass-asky",
    ):  # fmt: skip
        yield Costly("search", "GET", url)
    yield Costly("search", "GET", "/surveys", headers=(("accept", "text/html"),))
    circles = "&".join(f"POS=CIRCLE+{n}+20+60" for n in range(200))
    yield Costly("search", "POST", "/sia2/query", circles.encode(), tuple(FORM.items()))
