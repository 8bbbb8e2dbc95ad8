"""The client's calls: a repeated submission is the same batch, and errors are those of the server."""

from __future__ import annotations

import json

import pytest

from skybatch import errors
from skybatch.client import BatchFailed, Client, StillRunning
from tests.support.servers.fake_server import FakeServer, Handler
from tests.support.servers.fake_server_faults import always, refuse, reset, respond, times
from tests.support.servers.made_batches import BATCH_ID

TABLE = "ra,dec\n180,20\n"
REPEATED = [refuse(429, "too_many"), refuse(500, "internal"), refuse(502), refuse(503), refuse(504), reset]


@pytest.mark.parametrize("fault", REPEATED, ids=["429", "500", "502", "503", "504", "reset"])
def test_a_submission_sent_again_is_the_same_batch(server: FakeServer, client: Client, fault: object) -> None:
    server.faults = [times(3, "/batches", fault)]  # type: ignore[arg-type]
    client.submit(TABLE)
    sent = server.asked("/batches")
    assert len(sent) == 4
    assert len({(s.headers["idempotency-key"], s.headers["content-type"], s.body) for s in sent}) == 1
    assert len(server.accepted) == 1


def test_a_response_lost_after_the_server_took_the_batch_makes_no_second(
    server: FakeServer, client: Client
) -> None:
    def lose_response(handler: Handler) -> None:
        handler.answer = lambda *_, **__: reset(handler)  # type: ignore[method-assign]
        handler._post()

    server.faults = [times(1, "/batches", lose_response)]
    batch = client.submit(TABLE)
    assert list(server.accepted.values()) == [batch.batch_id]


def test_two_submissions_are_two_batches_unless_they_share_a_key(server: FakeServer, client: Client) -> None:
    assert client.submit(TABLE).batch_id != client.submit(TABLE).batch_id
    assert (
        client.submit(TABLE, idempotency_key="k").batch_id
        == client.submit(TABLE, idempotency_key="k").batch_id
    )


def test_row_errors_come_typed_with_the_exception(server: FakeServer, client: Client) -> None:
    cells = [
        {"line": 2, "row": 1, "column": "dec", "value": "99", "rule": "must lie between -90 and 90 degrees"},
        {"line": None, "row": None, "column": "bands", "value": "Q", "rule": "must be J, H, K"},
    ]
    problem = {"code": "invalid", "detail": "Two values.", "errors": cells}
    server.faults = [always(respond(422, json.dumps(problem).encode()))]
    with pytest.raises(errors.InvalidRequest) as raised:
        client.submit(TABLE)
    assert raised.value.errors == tuple(errors.CellError(**cell) for cell in cells)  # type: ignore[arg-type]
    assert len(server.seen) == 1, "an invalid request is not repeated"


def test_a_check_starts_nothing_and_keeps_what_the_server_says(server: FakeServer, client: Client) -> None:
    cell = {
        "line": 3,
        "row": 2,
        "column": "dec",
        "value": "99",
        "rule": "must lie between -90 and 90 degrees",
    }
    server.understood["errors"] = [cell]
    checked = client.check(TABLE, size="1arcmin")
    assert checked.errors == (errors.CellError(**cell),)  # type: ignore[arg-type]
    assert [row["row"] for row in checked.rows] == [1, 2]
    assert checked.response == server.understood
    (sent,) = server.asked("/tables")
    assert b"1arcmin" in sent.body
    assert not server.accepted


def test_a_table_comes_back_as_the_server_writes_it(server: FakeServer, client: Client) -> None:
    assert client.understood_table(TABLE, "csv") == b"row,ra\n1,180.0\n"
    assert server.paths("POST") == ["/tables?format=csv"]


def test_waiting_ends_with_the_batch(server: FakeServer, client: Client) -> None:
    batch = server.batches[BATCH_ID]
    batch.state = "working"
    with pytest.raises(StillRunning):
        client.wait(BATCH_ID, timeout=0.3)
    batch.state = "cancelled"
    assert client.wait(BATCH_ID).state == "cancelled"
    batch.state = "failed"
    with pytest.raises(BatchFailed, match="no inventory"):
        client.wait(BATCH_ID)


def test_server_comes_from_the_environment(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKYBATCH_SERVER", server.url + "/")
    with Client() as client:
        assert client.status(BATCH_ID).retrieved_all
    monkeypatch.delenv("SKYBATCH_SERVER")
    with pytest.raises(errors.InvalidRequest, match="SKYBATCH_SERVER"):
        Client()
    with pytest.raises(errors.InvalidRequest, match="http"):
        Client("sky.example.org")


def test_a_batch_is_named_by_id_address_or_object(server: FakeServer, client: Client) -> None:
    status = client.status(f"{server.url}/batches/{BATCH_ID}/results")
    assert client.status(status).batch_id == BATCH_ID
    with pytest.raises(ValueError, match="neither"):
        client.status("../../etc/passwd")
    assert client.resubmit(status).batch_id != BATCH_ID
    assert server.seen[-1].body == b'{"what": "unretrieved"}'
