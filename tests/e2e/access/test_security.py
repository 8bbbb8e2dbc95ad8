"""What an attacker would try over HTTP: bodies that grow, entities, formulas, frames, others' batches."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from typing import Any

import pytest

from skybatch.api.app import SECURITY_HEADERS
from tests.e2e.service import Answer, Service

pytestmark = pytest.mark.e2e
HEADERS = {name.lower() for name in SECURITY_HEADERS}
BATCH_ID = re.compile(r"[0-9a-f]{32}")


@pytest.fixture(scope="module")
def finished(service: Service) -> dict[str, Any]:
    rows = ("65.497627,19.535070,50,=1+1", "314.30417,77.595559,20,+x", "10,10,5,@SUM(A1)", "1,-80,5,-2+3")
    table = "\n".join(("ra,dec,size,id", *rows))
    return service.run(mode="positions", table=table, label="=HYPERLINK(0)", bands="J")


def posted_file(service: Service, name: str, content: bytes, **fields: str) -> Answer:
    parts = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = f'--x\r\nContent-Disposition: form-data; name="table"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + b"\r\n--x--\r\n"
    return service.call("/batches", body, {"Content-Type": "multipart/form-data; boundary=x"})


@pytest.mark.parametrize(
    "path", ["/", "/help/", "/docs", "/health", "/openapi.json", "/nowhere", "/ibe/search/", "/batches/x"]
)
def test_every_answer_carries_its_headers(service: Service, path: str) -> None:
    answer = service.call(path)
    assert set(answer.headers) >= HEADERS
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert int(answer.headers["strict-transport-security"].removeprefix("max-age=")) >= 31_536_000


def test_refusals_redirects_and_images_carry_them_too(service: Service, finished: dict[str, Any]) -> None:
    batch = f"/batches/{finished['batch_id']}"
    for answer in (
        service.post("/batches", mode="sideways"),
        service.call(f"{batch}/files/images.tar", follow=False),
        service.call(f"{batch}/cancel", b"{}"),
    ):
        assert set(answer.headers) >= HEADERS, answer.status


@pytest.mark.parametrize("path", ["/", "/docs", "/help/tables"])
def test_a_page_runs_nothing_but_its_own(service: Service, path: str) -> None:
    answer = service.call(path)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    page = answer.body.decode()
    assert not re.search(r"<(?:script|img|iframe|link)[^>]+(?:src|href)=[\"']?(?:https?:)?//", page)
    assert not re.search(r"\son\w+=", page)


def test_batch_ids_are_random_and_long(service: Service) -> None:
    ids = {service.submit(mode="scan", date="971031", hemisphere="n", scan=96, bands="J") for _ in range(5)}
    assert len(ids) == 5
    assert all(BATCH_ID.fullmatch(batch) for batch in ids)
    assert len({batch[:8] for batch in ids}) == 5


@pytest.mark.parametrize("change", [str.upper, lambda i: i[:-1], lambda i: f"{i}0", lambda i: f" {i}"[:32]])
def test_only_the_whole_id_opens_a_batch(service: Service, finished: dict[str, Any], change: Any) -> None:
    asked = change(finished["batch_id"]).replace(" ", "%20")
    assert asked == finished["batch_id"] or service.call(f"/batches/{asked}").status == 404


def test_a_formula_in_a_table_is_text_in_ours(service: Service, finished: dict[str, Any]) -> None:
    """What a spreadsheet would run (OWASP, CSV Injection) is kept from beginning a cell."""
    for entry in finished["files"]:
        if entry["name"].endswith(".csv"):
            text = service.file(finished, entry["name"]).decode()
            for row in csv.reader(io.StringIO(text)):
                for cell in row:
                    assert not re.match(r"[=@\t\r]|[+-](?![0-9.])", cell), (entry["name"], cell)
    rows = next(entry["name"] for entry in finished["files"] if entry["name"] == "rows.csv")
    assert b"'=1+1" in service.file(finished, rows)


ENTITY = """<?xml version="1.0"?>
<!DOCTYPE VOTABLE [<!ENTITY x SYSTEM "{target}"><!ENTITY a "0123456789">]>
<VOTABLE version="1.3"><RESOURCE><TABLE><FIELD name="ra" datatype="double"/>
<FIELD name="dec" datatype="double"/><FIELD name="id" datatype="char" arraysize="*"/>
<DATA><TABLEDATA><TR><TD>65.497627</TD><TD>19.53507</TD><TD>&x;</TD></TR></TABLEDATA></DATA>
</TABLE></RESOURCE></VOTABLE>"""


@pytest.mark.parametrize("target", ["file:///etc/hostname", "file:///proc/self/environ"])
def test_an_external_entity_is_never_read(service: Service, target: str) -> None:
    answer = posted_file(service, "t.xml", ENTITY.format(target=target).encode(), mode="positions")
    assert answer.status in (400, 422), answer.body


def test_entities_do_not_grow(service: Service) -> None:
    """A billion laughs: ten levels of ten."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = ENTITY.replace('<!ENTITY a "', levels + '<!ENTITY a0 "').replace("&x;", "&a9;")
    assert posted_file(service, "t.xml", bomb.format(target="x").encode(), mode="positions").status in (
        400,
        422,
    )


def test_a_small_body_that_inflates_without_end_is_refused(service: Service) -> None:
    bomb = gzip.compress(b"ra,dec\n" + b"1.0,2.0\n" * 25_000_000, 9)
    assert len(bomb) < 1_000_000
    answer = posted_file(service, "t.csv.gz", bomb, mode="positions")
    assert answer.status == 413, answer.body


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a":' * 50_000, b'{"mode": ' + b"9" * 5000 + b"}", b'{"diameter": 1e999999}'],
)
def test_json_made_to_hurt_is_refused(service: Service, body: bytes) -> None:
    answer = service.call("/batches", body, {"Content-Type": "application/json"})
    assert 400 <= answer.status < 500, answer.body[:300]


def test_markup_in_what_a_user_typed_stays_text(service: Service) -> None:
    status = service.run(
        mode="positions", table="ra,dec,id\n65.497627,19.53507,<script>\n", label="<script>alert(1)</script>"
    )
    page = service.call(f"/batches/{status['batch_id']}/results").body
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;" in page


def test_the_host_header_is_never_believed(service: Service) -> None:
    table = "ra,dec\n65.497627,19.535070\n"
    answer = service.call(
        "/batches",
        json.dumps({"mode": "positions", "table": table}).encode(),
        {
            "Content-Type": "application/json",
            "X-Forwarded-Host": "evil.example",
            "Forwarded": "host=evil.example",
        },
    )
    assert b"evil.example" not in answer.body


def test_a_signed_link_opens_one_object(service: Service, finished: dict[str, Any]) -> None:
    """Another key under the same signature is refused."""
    answer = service.call(f"/batches/{finished['batch_id']}/files/images.tar", follow=False)
    other = answer.headers["location"].replace("results/images.tar", "batch.json")
    assert other != answer.headers["location"]
    assert service.call(other).status == 403
