"""The HTTP interface as it stands: what is refused, how, and that nothing is started or leaks."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from local.stack import Stack
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e

NOBODY = "0" * 32
GOOD = "ra,dec\n65.497627,19.535070\n"


def executions(stack: Stack) -> int:
    client = stack.emulator.client("stepfunctions")
    return len(client.list_executions(stateMachineArn=stack.outputs.state_machine_arn)["executions"])


BAD: list[tuple[str, dict[str, Any], int, str]] = [
    ("no table", {"mode": "positions"}, 422, "table"),
    ("empty table", {"mode": "positions", "table": ""}, 422, "table"),
    ("header alone", {"mode": "positions", "table": "ra,dec\n"}, 422, "row"),
    ("2501 rows", {"mode": "positions", "table": "ra,dec\n" + "1,2\n" * 2501}, 413, "2500"),
    ("no dec", {"mode": "positions", "table": "ra\n1\n"}, 422, "dec"),
    ("no ra", {"mode": "positions", "table": "dec,x\n1,2\n"}, 422, "ra"),
    ("ra 400", {"mode": "positions", "table": "ra,dec\n1,2\n400,2\n"}, 422, "400"),
    ("dec 95", {"mode": "positions", "table": "ra,dec\n1,95\n"}, 422, "95"),
    ("ra abc", {"mode": "positions", "table": "ra,dec\nabc,2\n"}, 422, "abc"),
    ("diameter wide", {"mode": "region", "center": "1 2", "diameter": "wide"}, 422, "wide"),
    ("unknown mode", {"mode": "sideways"}, 422, "sideways"),
    ("id too long", {"mode": "positions", "table": f"ra,dec,id\n1,2,{'i' * 201}\n"}, 422, "id"),
]


@pytest.mark.parametrize(("fields", "status", "word"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
def test_bad_input_is_named_and_starts_nothing(
    stack: Stack, service: Service, fields: dict[str, Any], status: int, word: str
) -> None:
    before = executions(stack)
    answer = service.post("/batches", **fields)
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= problem.keys()
    assert problem["status"] == status
    assert word in problem["detail"]
    assert executions(stack) == before


def test_bad_cells_are_told_all_at_once_with_line_row_column_value_and_rule(service: Service) -> None:
    answer = service.post("/batches", mode="positions", table="ra,dec\n400,2\n1,2\n3,-91\n")
    cells = [(e["line"], e["row"], e["column"], e["value"]) for e in answer.json()["errors"]]
    assert cells == [(2, 1, "ra", "400"), (4, 3, "dec", "-91")]
    assert all(error["rule"] for error in answer.json()["errors"])


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"not json", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"mode=region", "application/x-www-form-urlencoded", 415),
        (b"<x/>", "text/xml", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"x", "multipart/form-data", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    service: Service, body: bytes, media_type: str, status: int
) -> None:
    answer = service.call("/batches", body, {"Content-Type": media_type})
    assert answer.status == status, answer.body
    assert answer.json()["detail"]


@pytest.mark.parametrize("megabytes", [4.5, 11], ids=["above ours", "above the gateway's"])
def test_an_upload_over_4_mb_is_a_413(service: Service, megabytes: float) -> None:
    rows = "1.0,2.0\n" * int(megabytes * 1e6 / 8)
    answer = service.post("/batches", mode="positions", table="ra,dec\n" + rows)
    assert answer.status == 413


def test_a_gzipped_table_comes_as_a_file_of_a_form(service: Service) -> None:
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="mode"\r\n\r\npositions\r\n',
        b'--x\r\nContent-Disposition: form-data; name="table"; filename="t.csv.gz"\r\n\r\n',
        gzip.compress(GOOD.encode()) + b"\r\n--x--\r\n",
    ]
    answer = service.call("/batches", b"".join(parts), {"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status == 202, answer.body
    assert answer.json()["rows"] == 1
    assert answer.headers["location"] == answer.json()["status_url"]
    assert service.wait(answer.json()["batch_id"])["state"] == "complete"


@pytest.mark.parametrize(
    "path",
    [
        f"/batches/{NOBODY}",
        f"/batches/{NOBODY}/results",
        f"/batches/{NOBODY}/images",
        f"/batches/{NOBODY}/files/images.tar",
        "/batches/nonsense",
        "/batches/..%2F..%2Fkeys",
        "/nowhere",
        "/ibe/data/twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz",
        "/ibe/data/../inventory/asky/current",
    ],
)
def test_what_is_not_there_is_a_404_that_says_nothing_more(service: Service, path: str) -> None:
    answer = service.call(path)
    assert answer.status == 404
    assert answer.json()["code"] == "not_found"


@pytest.fixture(scope="module")
def finished(service: Service) -> dict[str, Any]:
    return service.run(mode="positions", table="ra,dec,size\n65.497627,19.535070,50\n", label="one")


@pytest.mark.parametrize(
    "name",
    ["../batch.json", "..%2Fbatch.json", "%2e%2e/batch.json", "batch.json", "plan.jsonl", "x%00", ".", "a/b"],
)
def test_no_name_leads_out_of_the_results(service: Service, finished: dict[str, Any], name: str) -> None:
    for folder in ("files", "images"):
        answer = service.call(f"/batches/{finished['batch_id']}/{folder}/{name}", follow=False)
        assert answer.status == 404, answer


def test_only_files_and_images_can_be_fetched(service: Service, finished: dict[str, Any]) -> None:
    for folder in ("journal", "failed", "results", "upload", "."):
        assert service.call(f"/batches/{finished['batch_id']}/{folder}/0.jsonl", follow=False).status == 404


def test_downloads_redirect_to_a_link_and_head_tells_length_and_type(
    service: Service, finished: dict[str, Any]
) -> None:
    tar = next(entry for entry in finished["files"] if entry["name"] == "images.tar")
    answer = service.call(tar["url"], follow=False)
    assert answer.status == 302
    assert answer.headers["cache-control"] == "no-store"
    assert service.call(answer.headers["location"]).status == 200
    head = service.call(tar["url"], method="HEAD", follow=False)
    assert (head.status, head.headers["content-length"]) == (200, str(tar["bytes"]))
    assert head.headers["content-type"].startswith("application/x-tar")
    assert head.headers["etag"]


def test_the_address_given_is_nowhere_in_what_can_be_read(service: Service) -> None:
    status = service.run(mode="positions", table=GOOD, email="secret.person@example.org")
    seen = [json.dumps(status).encode(), service.call(f"/batches/{status['batch_id']}/results").body]
    seen += [service.file(status, entry["name"]) for entry in status["files"]]
    assert not any(b"secret.person" in body for body in seen)


def test_images_are_listed_as_they_finish_and_none_is_missed(
    service: Service, finished: dict[str, Any]
) -> None:
    listed, after = [], ""
    while after is not None:
        page = service.call(f"/batches/{finished['batch_id']}/images?after={after}").json()
        listed += page["images"]
        after = page["next"]
    assert {image["file"] for image in listed} == set(service.images(finished))
    for image in listed:
        assert len(service.call(image["url"]).body) == image["bytes"]


def test_pages_are_pages(service: Service, finished: dict[str, Any]) -> None:
    for path in ("/", "/help", "/help/tables", f"/batches/{finished['batch_id']}/results"):
        answer = service.call(path)
        assert answer.status == 200, path
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    gone = service.call(f"/batches/{NOBODY}/results", headers={"Accept": "text/html"})
    assert (gone.status, gone.headers["content-type"][:9]) == (404, "text/html")


def test_nothing_starts_by_get(stack: Stack, service: Service, finished: dict[str, Any]) -> None:
    before = executions(stack)
    for path in ("/batches", *(f"/batches/{finished['batch_id']}/{verb}" for verb in ("resubmit", "cancel"))):
        assert service.call(path).status == 404
    assert executions(stack) == before


def test_the_same_key_and_body_is_one_batch_and_a_key_alone_opens_nothing(service: Service) -> None:
    def post(table: str) -> str:
        headers = {"Content-Type": "application/json", "Idempotency-Key": "my key"}
        body = json.dumps({"mode": "positions", "table": table}).encode()
        return str(service.call("/batches", body, headers).json()["batch_id"])

    assert post(GOOD) == post(GOOD)
    assert post(GOOD) != post("ra,dec\n1,2\n")


def test_cancel_ends_a_batch_and_what_has_ended_cannot_be_cancelled(
    service: Service, finished: dict[str, Any]
) -> None:
    refused = service.post(f"/batches/{finished['batch_id']}/cancel")
    assert (refused.status, refused.json()["code"]) == (409, "conflict")
    page = {"Accept": "text/html"}
    too_late = service.call(f"/batches/{finished['batch_id']}/cancel", b"", page, follow=False)
    assert too_late.status == 303
    assert too_late.headers["location"].endswith(f"/batches/{finished['batch_id']}/results")
    batch_id = service.submit(mode="positions", table="ra,dec,size\n" + "65.497627,19.535070,50\n" * 2000)
    assert service.post(f"/batches/{batch_id}/cancel").status == 202
    status = service.wait(batch_id)
    assert status["state"] == "cancelled"
    rows = dict(status["rows"])
    assert rows.pop("total") == sum(rows.values()) == 2000
    assert rows["cancelled"] > 0


def test_the_archives_own_address_leads_to_the_stored_image(service: Service, stack: Stack) -> None:
    path = next((stack.archive / "twomass/allsky").rglob("image/ji*.fits.gz"))
    answer = service.call(f"/ibe/data/{path.relative_to(stack.archive).as_posix()}")
    assert answer.body == path.read_bytes()
    date, scan = path.parts[-4], path.parts[-3][1:]
    query = f"ds=asky&atdir=/ti08&dh={date}&scan={scan}&name={path.name.removesuffix('.gz')}"
    assert service.call(f"/cgi-bin/2MASS/IM/nph-im?{query}").body == path.read_bytes()
    assert service.call("/cgi-bin/2MASS/IM/nph-im?ds=asky").status == 400
