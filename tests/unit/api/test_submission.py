"""The submitter of batches as a request reaches it, and the response to an accepted batch."""

from __future__ import annotations

import json

from skybatch.api.http_request import HttpRequest
from skybatch.api.submission import accepted_response, batch_submitter
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.servers.http import BASE_URL, NOW, body_of, http_request, make_dependencies

BODY = json.dumps({"mode": "coadd_keys", "table": "coadd_key\n1001\n1002\n"}).encode()


def submitted(request: HttpRequest) -> tuple[int, dict[str, str], bytes]:
    parsed, upload = parse_body(BODY, "application/json", Settings())
    accepted = batch_submitter(request, make_dependencies()).submit(parsed, upload)
    response = accepted_response(request, accepted)
    return response.status_code, dict(response.headers), body_of(response)  # type: ignore[arg-type]


def test_a_submitter_knows_caller_address_and_time() -> None:
    submitter = batch_submitter(http_request("POST", "/batches"), make_dependencies())
    assert (submitter.base_url, submitter.now, submitter.caller) == (BASE_URL, NOW, "192.0.2.17")


def test_a_program_gets_202_with_the_batchs_addresses() -> None:
    status, headers, body = submitted(http_request("POST", "/batches"))
    fields = json.loads(body)
    assert (status, fields["rows"], headers["Location"]) == (202, 2, fields["status_url"])
    assert fields["status_url"] == f"{BASE_URL}/batches/{fields['batch_id']}"


def test_a_browser_is_redirected_to_the_results_page() -> None:
    status, headers, _ = submitted(http_request("POST", "/batches", headers={"accept": "text/html"}))
    assert (status, headers["Location"].rpartition("/")[2]) == (303, "results")
