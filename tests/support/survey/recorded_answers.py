"""The service's answers to fixed requests over made archives, written to a folder: to compare two versions.

``python -m tests.support.survey.recorded_answers FOLDER`` writes a file an answer and the files of whole
batches; ``diff -r`` of two such folders shows what a change of the code changed for users.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import obstore

from skybatch.inventory.publish import publish
from skybatch.pages.examples import EXAMPLES
from skybatch.pages.help import COORDINATES, TOPICS
from skybatch.storage.bucket_tree import BucketTree
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service
from tests.support.servers.http import HttpAnswer, HttpClient, make_dependencies
from tests.support.survey.sample_archive import POSITIONS, POSITIONS_WITH_BEST, MadeArchive
from tests.support.survey.synthetic_survey import synthetic

# What differs from run to run: ids of batches, versions of inventories, signatures, moments.
_VARIABLE = (
    (re.compile(rb"\b[0-9a-f]{32}\b"), b"BATCH"),
    (re.compile(rb"skybatch-[0-9a-f]{12}"), b"skybatch-BATCH"),
    (re.compile(rb"20[0-9]{6}T[0-9]{12}Z-[0-9a-f]{8}"), b"VERSION"),
    (re.compile(rb"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(?:Z|\+00:00)"), b"MOMENT"),
)
_SKY = "POS=0.5,0.5&SIZE=9"
_FORMATS = ("VOTABLE", "CSV", "TSV", "IPAC_TABLE", "HTML")
_CONDITIONS = ("scanno=7", "filter='k' and seesh<2.6", "hemisphere='s' and coaddno between 100 and 110")
_NIGHTS = "xdate,hem,scan\n990101,n,1\n990101,n,4\n"
_KEYS = "coadd_key,band\n1001,A\n1002,j\n1003,Ks\n9,JH\n"
_REGION = {"mode": "region", "center": "180.0 20.0", "diameter": 0.3, "bands": "J,Ks"}
_BATCHES: tuple[dict[str, Any], ...] = (
    {"mode": "positions", "table": POSITIONS, "bands": "all"},
    {"mode": "positions", "table": POSITIONS_WITH_BEST, "bands": "JK", "form": "fits", "edge": "pad"},
    {"mode": "coadd_keys", "table": _KEYS},
    {"mode": "scans", "table": _NIGHTS},
    {"mode": "scan", "date": "990101", "hemisphere": "n", "scan": 2},
    _REGION,
    {**_REGION, "image_type": "quicklook"},
    {**_REGION, "diameter": 99, "unheard": 1, "dataset": "asky", "label": "a label"},
)
_WRONG: tuple[dict[str, Any], ...] = (
    {"mode": "region", "bands": "Q"},
    {"mode": "scan", "date": "990231", "hemisphere": "w", "scan": 1000},
    {"mode": "nothing", "dataset": "wise", "form": "gif", "image_type": "photo"},
    {"mode": "positions", "table": "ra,dec,size\nx,1,2\n"},
    {"mode": "coadd_keys", "table": "key,band\n1,Q\n0,j\n"},
    {"mode": "scans", "table": "date,hem,scan,band\n990231,w,1000,Q\n"},
)


def searches() -> Iterator[str]:
    """Requests of the search function."""
    for table in ("allsky/allsky", "sixxcat/sixxcat", "full/full"):
        for form in _FORMATS:
            yield f"/ibe/sia/twomass/{table}?{_SKY}&RESPONSEFORMAT={form}"
            yield f"/ibe/search/2mass/{table}?{_SKY}&ct={form.lower()}"
        yield f"/ibe/sia/twomass/{table}?FORMAT=METADATA"
        yield f"/ibe/search/twomass/{table}?FORMAT=METADATA"
        yield from (f"/ibe/search/twomass/{table}?where={quote_plus(each)}" for each in _CONDITIONS)
        yield f"/ibe/search/twomass/{table}?{_SKY}&columns=fname,filter,seesh,ordate"
        yield f"/ibe/search/twomass/{table}?{_SKY}&columns=nothing"
    yield from ("/ibe/search/", "/ibe/search/twomass/", "/ibe/search/wise/", "/ibe/search/twomass/sixxcat/")
    for data in ("ds=asky", "ds=sx&type=ql", "ds=sx&band=K&type=at", "ds=sx&hem=n&scan=7", "ds=wise"):
        yield f"/cgi-bin/2MASS/IM/nph-im_sia?{_SKY}&{data}"
        yield f"/cgi-bin/2MASS/IM/nph-im_sia?{_SKY}&{data}&RESPONSEFORMAT=csv"
    yield "/cgi-bin/2MASS/IM/nph-im_sia?FORMAT=METADATA"
    yield from (f"/cgi-bin/2MASS/IM/nph-im_key?ds=asky&key=1001&band={band}" for band in "jhkq")
    yield "/cgi-bin/2MASS/IM/nph-im?ds=asky&dh=990101n&scan=1&name=ji0010009.fits"
    for more in (
        "",
        "&BAND=2e-6",
        "&COLLECTION=twomass_allsky",
        "&COLLECTION=sx",
        "&TIME=40000 60000",
        "&FOV=0.3",
    ):
        yield f"/sia2/query?POS={quote_plus('CIRCLE 0 0 5')}{quote_plus(more, safe='&=')}"
    for more in ("INSTRUMENT=2MASS+camera", "FACILITY=x", "EXPTIME=7.8", "SPATRES=2", "CALIB=3"):
        yield f"/sia2/query?POS={quote_plus('CIRCLE 180 20 0.2')}&{more}&RESPONSEFORMAT=csv"
    yield "/sia2/query?MAXREC=0"
    image = quote_plus("ivo://skybatch/2mass?twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz")
    yield f"/datalink/links?ID={image}&ID=ivo://skybatch/2mass?x&ID=ivo://other/x"
    yield f"/soda/sync?ID={image}"
    yield f"/soda/sync?ID={image}&CIRCLE=180+20+0.01"
    for service in ("sia2", "soda", "datalink"):
        yield f"/{service}/availability"
        yield f"/{service}/capabilities"
    key = "twomass/allsky/allsky/990101n/s001/image/ji0010009"
    for path in (
        f"{key}.fits.gz",
        f"{key}.fits",
        "2mass/allsky/",
        "",
        "twomass/allsky/allsky/990101n/s001/",
        "wise/",
    ):
        yield f"/ibe/data/{path}"
    yield f"/ibe/data/{key}.fits.gz?center=180,20&size=50arcsec&gzip=0"


def pages() -> Iterator[str]:
    """Requests of the portal."""
    yield from ("/", "/help", "/help/", "/openapi.json", "/docs")
    yield from (f"/?example={mode}" for mode in (*EXAMPLES, "nothing"))
    yield from (f"/help/{topic}" for topic in (*TOPICS, "nothing"))


def plans() -> Iterator[tuple[str, dict[str, Any]]]:
    """Requests of the planner, posted as JSON."""
    listed = [{"mode": mode, **example} for mode, example in EXAMPLES.items() if mode != "region"]
    named = [{"mode": "region", "center": text, "diameter": 1} for text, _ in COORDINATES[2:5]]
    for body in (*_BATCHES, *_WRONG, *listed, *named):
        yield "/plans", body
    for body in (*_BATCHES, *_WRONG, *listed):
        if "table" in body:
            yield "/tables", body
            yield "/tables?format=csv", body
            yield "/tables?format=tbl", body


def archive() -> MadeArchive:
    """The made archive, with made image sets of another data set beside it, which have no pixels."""
    made = MadeArchive()
    publish(BucketTree(made.objects), synthetic(400, "sx"), numbered=False, origin="made for tests")
    return made


def record(folder: Path) -> None:
    """Write all answers and all files of batches below a folder."""
    made = archive()
    dependencies = make_dependencies(archive=made.objects, open_inventory=made.open, clock=lambda: 1200.0)
    names = ("search", "planner", "portal")
    client = HttpClient(dependencies, *(table for name in names for table in load_function(name).ROUTES))
    for url in (*searches(), *pages()):
        _write(folder / "answers", url, client.get(url))
    for url, body in plans():
        _write(folder / "answers", f"{url} {json.dumps(body)}", client.post_json(url, body))
    for number, body in enumerate(_BATCHES):
        _run(folder / "batches" / str(number), Service(made), body)


def _write(folder: Path, request: str, answer: HttpAnswer) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "_", request)[:60] + hashlib.sha256(request.encode()).hexdigest()[:8]
    head = f"{request}\n{answer.status}\n{json.dumps(answer.headers, indent=1, sort_keys=True)}\n"
    (folder / name).write_bytes(_constant(head.encode() + answer.body))


def _run(folder: Path, service: Service, body: dict[str, Any]) -> None:
    """Run a batch, and write its request, its plan and its results; the rest differs from run to run."""
    service.run(service.submit(**body))
    for part in obstore.list(service.objects, prefix="batches"):
        for item in part:
            if not item["path"].endswith(("request.json", "plan.jsonl")) and "/results/" not in item["path"]:
                continue
            content = bytes(obstore.get(service.objects, item["path"]).bytes())
            path = folder / _constant(item["path"].encode()).decode()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_listing(content) if path.suffix == ".tar" else _constant(content))


def _listing(tar: bytes) -> bytes:
    """Names, sizes and checksums of a tar's members, whatever varies in them made constant."""
    with tarfile.open(fileobj=BytesIO(tar)) as read:
        members = [(each, read.extractfile(each)) for each in read]
        sums = [hashlib.sha256(_constant(file.read() if file else b"")).hexdigest() for _, file in members]
        names = [f"{each.name} {each.mode}" for each, _ in members]
        lines = [f"{name} {checksum}" for name, checksum in zip(names, sums, strict=True)]
    return _constant("\n".join(lines).encode())


def _constant(content: bytes) -> bytes:
    for pattern, word in _VARIABLE:
        content = pattern.sub(word, content)
    return content


if __name__ == "__main__":
    record(Path(sys.argv[1]))
