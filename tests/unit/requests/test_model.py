"""The domain objects survive their storage as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from skybatch.fits.edge_mode import EdgeMode
from skybatch.requests.model import Mode, Region, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS

finite = st.floats(allow_nan=False, allow_infinity=False)
maybe_text = st.none() | st.text(max_size=15)
skies = st.none() | st.builds(SkyPosition, finite, finite)
some_bands = st.lists(st.sampled_from(BANDS), unique=True, min_size=1).map(tuple)
rows = st.builds(
    Row,
    row_number=st.integers(1, 10**9),
    bands=some_bands,
    id=maybe_text,
    position=skies,
    name=maybe_text,
    size=st.none() | finite,
    best_only=st.booleans(),
    coadd_key=st.none() | st.integers(1, 2**31 - 1),
    date=maybe_text,
    hem=st.none() | st.sampled_from("ns"),
    scan=st.none() | st.integers(1, 999),
    image=st.none() | st.integers(1, 999),
    dataset=maybe_text,
    image_type=st.none() | st.sampled_from(ImageType),
    delivery_format=maybe_text,
    line=st.none() | st.integers(1, 10**6),
)
requests = st.builds(
    Request,
    mode=st.sampled_from(Mode),
    bands=some_bands,
    image_type=st.sampled_from(ImageType),
    decompress=st.booleans(),
    delivery_format=st.sampled_from(("fits", "fits.gz")),
    dataset=st.sampled_from(("asky", "sx")),
    label=maybe_text,
    region=st.none() | st.builds(Region, skies, maybe_text, finite, st.just("cover")),
    rows=st.lists(rows, max_size=4).map(tuple),
    notices=st.lists(st.text(), max_size=2).map(tuple),
    from_service=st.booleans(),
    table_name=maybe_text,
)


@given(requests)
def test_a_request_stored_as_json_reads_back_the_same(request: Request) -> None:
    assert Request.from_json(json.loads(json.dumps(request.to_json()))) == request


def test_the_address_is_not_stored_with_the_request() -> None:
    row = Row(1, ("j",), coadd_key=1)
    request = Request(Mode.COADD_KEYS, ("j",), ImageType.ATLAS, True, "fits", "sx", (row,), email="a@b.org")
    assert "a@b.org" not in json.dumps(request.to_json())
    assert Request.from_json(request.to_json()) == replace(request, email=None)


KEPT_ROW = Row(
    7,
    ("j", "h"),
    position=SkyPosition(10.0, 20.0),
    size=50.0,
    best_only=True,
    delivery_format="fits",
    edge=EdgeMode.CLIP,
)
KEPT = Request(
    Mode.POSITIONS,
    ("j",),
    ImageType.ATLAS,
    True,
    "fits.gz",
    "asky",
    (KEPT_ROW,),
    from_service=True,
    edge=EdgeMode.PAD,
)


def test_requests_stored_by_running_batches_keep_their_layout() -> None:
    """The keys of ``request.json`` do not follow the names of the fields."""
    stored: dict[str, Any] = {
        "mode": "positions",
        "bands": ["j"],
        "image_type": "atlas",
        "decompress": True,
        "form": "fits.gz",
        "dataset": "asky",
        "label": None,
        "region": None,
        "notices": [],
        "ours": True,
        "table_name": None,
        "size": None,
        "edge": "pad",
        "rows": [
            {
                "number": 7,
                "bands": ["j", "h"],
                "sky": [10.0, 20.0],
                "size": 50.0,
                "best": True,
                "form": "fits",
                "edge": "clip",
            }
        ],
    }
    assert KEPT.to_json() == stored
    assert Request.from_json(stored) == KEPT
    del stored["edge"]  # as it was stored before crops could be padded
    assert Request.from_json(stored) == replace(KEPT, edge=EdgeMode.CLIP)
