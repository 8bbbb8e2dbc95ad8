"""The domain objects survive their storage as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from skybatch.requests.model import BANDS, Mode, Region, Request, Row
from skybatch.sky.position import SkyPosition

finite = st.floats(allow_nan=False, allow_infinity=False)
maybe_text = st.none() | st.text(max_size=15)
skies = st.none() | st.builds(SkyPosition, finite, finite)
some_bands = st.lists(st.sampled_from(BANDS), unique=True, min_size=1).map(tuple)
rows = st.builds(
    Row,
    number=st.integers(1, 10**9),
    bands=some_bands,
    id=maybe_text,
    sky=skies,
    name=maybe_text,
    size=st.none() | finite,
    best=st.booleans(),
    coadd_key=st.none() | st.integers(1, 2**31 - 1),
    date=maybe_text,
    hem=st.none() | st.sampled_from("ns"),
    scan=st.none() | st.integers(1, 999),
    image=st.none() | st.integers(1, 999),
    dataset=maybe_text,
    image_type=maybe_text,
    form=maybe_text,
    line=st.none() | st.integers(1, 10**6),
)
requests = st.builds(
    Request,
    mode=st.sampled_from(Mode),
    bands=some_bands,
    image_type=st.sampled_from(("atlas", "quicklook")),
    decompress=st.booleans(),
    form=st.sampled_from(("fits", "fits.gz")),
    dataset=st.sampled_from(("asky", "sx")),
    label=maybe_text,
    region=st.none() | st.builds(Region, skies, maybe_text, finite, st.just("cover")),
    rows=st.lists(rows, max_size=4).map(tuple),
    notices=st.lists(st.text(), max_size=2).map(tuple),
    ours=st.booleans(),
    table_name=maybe_text,
)


@given(requests)
def test_a_request_stored_as_json_reads_back_the_same(request: Request) -> None:
    assert Request.from_json(json.loads(json.dumps(request.to_json()))) == request


def test_the_address_is_not_stored_with_the_request() -> None:
    row = Row(1, ("j",), coadd_key=1)
    request = Request(Mode.COADD_KEYS, ("j",), "atlas", True, "fits", "sx", (row,), email="a@b.org")
    assert "a@b.org" not in json.dumps(request.to_json())
    assert Request.from_json(request.to_json()) == replace(request, email=None)
