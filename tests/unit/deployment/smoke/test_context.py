"""Batches are submitted, looked at and waited for."""

from __future__ import annotations

from tests.support.deployment.scripted_service import ID, SAMPLE, answer, service


def test_a_batch_that_is_accepted_has_an_id() -> None:
    assert service().submit({"table": SAMPLE.table(3)})[0] == ID
    refused = service({"POST /batches": answer(429, {"detail": "later"})})
    assert refused.submit({"table": SAMPLE.table()})[0] == ""


def test_a_batch_is_waited_for_until_patience_ends() -> None:
    assert service().ended(ID)["state"] == "complete"
    stuck = service({rf"GET /batches/{ID}": answer(200, {"state": "working"})})
    assert stuck.ended(ID)["state"] == "working"


def test_one_looks_again_until_it_is_good() -> None:
    looks = iter(range(10))
    assert service().until(lambda: next(looks), lambda seen: seen == 2) == 2
