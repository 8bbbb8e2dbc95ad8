"""A private deployment: from the operator's first line to a user's download, and what others are refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.mailbox import wait_for_email
from local.stack import Stack
from local.token_issuer import AUDIENCE, TokenIssuer, serve_tokens
from skybatch.client import Client
from skybatch.client.exceptions import TokenRefused
from skybatch.deployment.findings import Level
from skybatch.deployment.smoke.smoke import smoke
from tests.e2e.browser import Browser
from tests.e2e.service import Service
from tests.support.deployment.planned import levels

pytestmark = pytest.mark.e2e

TABLE = "ra,dec\n65.497627,19.535070\n"
REQUEST = {"mode": "positions", "table": TABLE, "size": 30, "bands": "J"}
STARTS_WORK = [("POST", "/batches"), ("POST", "/plans"), ("POST", "/tables")]
SEARCHES = [
    ("GET", "/ibe/sia/twomass/allsky/allsky?POS=65.497627,19.535070&SIZE=0.1"),
    ("GET", "/ibe/search/twomass/allsky/allsky?POS=65.497627,19.535070"),
    ("GET", "/ibe/data/2mass/"),
    ("GET", "/cgi-bin/2MASS/IM/nph-im_sia?POS=65.497627,19.535070&SIZE=0.1"),
    ("GET", "/sia2/query?POS=CIRCLE 65.497627 19.535070 0.1"),
    ("GET", "/SIA?POS=CIRCLE 65.497627 19.535070 0.1"),
    ("GET", "/soda/sync?ID=x"),
    ("GET", "/datalink/links?ID=x"),
]
OPEN = ["/", "/surveys", "/help/", "/help/programs", "/docs", "/openapi.json", "/health"]


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    with serve_tokens() as serving:
        yield serving


@pytest.fixture(scope="module")
def private(start_stack: Callable[..., Stack], issuer: TokenIssuer) -> Stack:
    parameters = {"JwtIssuer": issuer.url, "JwtAudience": AUDIENCE, "JwtScopes": "images,admin"}
    return start_stack(parameters=parameters)


@pytest.fixture(scope="module")
def token(issuer: TokenIssuer) -> str:
    return issuer.token(scope="openid images")


def call(stack: Stack, method: str, path: str, token: str = "", **options: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = {"json": REQUEST} if method == "POST" else {}
    return httpx.request(method, stack.url + path, headers=headers, timeout=60, **(body | options))


# Who is let in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), STARTS_WORK + SEARCHES)
def test_work_and_searches_need_a_token(
    private: Stack, issuer: TokenIssuer, token: str, method: str, path: str
) -> None:
    assert call(private, method, path).status_code == 401
    assert call(private, method, path, issuer.token(exp=1, scope="images")).status_code == 401
    assert call(private, method, path, issuer.token(aud="others", scope="images")).status_code == 401
    assert call(private, method, path, issuer.token(scope="others")).status_code == 403
    assert call(private, method, path, token).status_code not in (401, 403)


@pytest.mark.parametrize("path", OPEN)
def test_pages_are_open(private: Stack, path: str) -> None:
    assert call(private, "GET", path, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(("method", "path"), STARTS_WORK + SEARCHES)
def test_a_browser_may_ask_what_it_may_send(private: Stack, method: str, path: str) -> None:
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    answer = httpx.options(private.url + path, headers=asked, timeout=30)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")


# A user ------------------------------------------------------------------------------------------------


def test_a_user_submits_with_a_command_that_prints_tokens_and_downloads_by_the_emailed_link(
    private: Stack, issuer: TokenIssuer, tmp_path: Path
) -> None:
    ask = f"import json, urllib.request as r; print({issuer.token(scope='images')!r})"
    environment = {
        "SKYBATCH_TOKEN_COMMAND": f'{sys.executable} -c "{ask}"',
        "SKYBATCH_SERVER": private.url,
        "SKYBATCH_HISTORY": "off",
        "PYTHONPATH": ":".join(sys.path),
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
    }
    (tmp_path / "targets.csv").write_text(TABLE)
    words = ["submit", "targets.csv", "--size", "30", "--bands", "J", "--email", "user@example.org"]
    done = subprocess.run(
        [sys.executable, "-m", "skybatch.cli", *words, "--download", "results", "--json"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    email = wait_for_email(private.emulator.url, "user@example.org")
    page = next(word for word in email.text.split() if word.endswith("/results"))
    opened = httpx.get(page, timeout=30)
    assert opened.status_code == 200
    assert "images.tar" in opened.text
    images = sorted(each.name for each in (tmp_path / "results" / "images").iterdir())
    assert images
    batch = page.removesuffix("/results")
    assert (
        httpx.get(f"{batch}/images/{images[0]}", follow_redirects=True, timeout=30).content
        == (tmp_path / "results" / "images" / images[0]).read_bytes()
    )


def test_without_a_token_the_client_says_what_to_give(private: Stack) -> None:
    with Client(private.url, token="") as client, pytest.raises(TokenRefused):
        client.plan(TABLE, size=30)


def test_the_form_has_a_place_for_the_token_and_the_help_tells_of_it(
    private: Stack, issuer: TokenIssuer
) -> None:
    page = call(private, "GET", "/").text
    assert 'id="token"' in page
    assert issuer.url in page
    assert "SKYBATCH_TOKEN_COMMAND" in call(private, "GET", "/help/programs").text


def test_an_open_deployment_says_nothing_of_tokens(stack: Stack) -> None:
    for path in ("/", "/help/programs", "/openapi.json"):
        assert "token" not in call(stack, "GET", path).text.lower()


# An operator --------------------------------------------------------------------------------------------


def test_the_smoke_test_passes_with_a_token(private: Stack, token: str) -> None:
    from skybatch.client.machine.access_token import AccessToken
    from skybatch.deployment.smoke.context import Context
    from skybatch.deployment.smoke.probe import Probe
    from skybatch.deployment.smoke.sample import find_sample

    probe = Probe(private.url, AccessToken(token))
    sample, _ = find_sample(probe)
    assert sample is not None
    found = list(smoke(Context(probe, sample, patience=90, pause=0.2), None))
    assert [each for each in found if each.level is Level.ERROR] == []
    assert levels(found)["crops"] is Level.OK


# A stolen id --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def batch(private: Stack, token: str) -> str:
    """A batch of somebody who gave an address."""
    body = REQUEST | {"email": "owner@example.org", "label": "mine"}
    accepted = call(private, "POST", "/batches", token, json=body)
    batch_id = str(accepted.json()["batch_id"])
    Service(private.url).wait(batch_id)
    return batch_id


def test_a_stolen_id_reads_its_batch_and_nothing_else(private: Stack, batch: str) -> None:
    """What it opens is what a shared link opens; it is no token, and no other id follows from it."""
    status = call(private, "GET", f"/batches/{batch}")
    assert status.status_code == 200
    for path in (f"/batches/{batch}", f"/batches/{batch}/results", f"/batches/{batch}/images"):
        assert "owner@example.org" not in call(private, "GET", path).text
    for entry in status.json()["files"]:
        assert b"owner@example.org" not in httpx.get(entry["url"], follow_redirects=True, timeout=30).content
    assert call(private, "POST", "/batches", batch).status_code == 401
    assert call(private, "POST", "/plans", batch).status_code == 401
    other = f"{int(batch, 16) ^ 1:032x}"
    assert call(private, "GET", f"/batches/{other}").status_code == 404
    assert call(private, "GET", "/batches").status_code in (404, 405)


def test_a_stolen_id_starts_no_batch_of_its_own_choice(private: Stack, batch: str) -> None:
    """It may ask for what the owner's request left over, once: none is left here."""
    answer = call(private, "POST", f"/batches/{batch}/resubmit", json={"what": "unretrieved", **REQUEST})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert call(private, "POST", f"/batches/{batch}/cancel", json={}).json()["code"] == "conflict"


def test_what_a_stolen_id_can_make_the_operator_pay_is_bounded(
    start_stack: Callable[..., Stack], issuer: TokenIssuer
) -> None:
    """Links are counted for the batch, whoever asks and from wherever."""
    parameters = {"JwtIssuer": issuer.url, "JwtAudience": AUDIENCE, "MaxDailyLinks": "5"}
    stack = start_stack(parameters=parameters)
    accepted = call(stack, "POST", "/batches", issuer.token(), json=REQUEST)
    service, batch_id = Service(stack.url), str(accepted.json()["batch_id"])
    file = service.wait(batch_id)["files"][0]["url"]
    answers = [httpx.get(file, timeout=30) for _ in range(12)]
    assert [each.status_code for each in answers[:5]] == [302] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert json.loads(answers[-1].text)["code"] == "too_many"


# In a browser -------------------------------------------------------------------------------------------


@pytest.fixture
def form(private: Stack, browser: Browser) -> Browser:
    browser.open(f"{private.url}/")
    browser.click("a[data-example=positions]")
    browser.fill("#email", "browser@example.org")
    return browser


def test_a_batch_is_started_by_the_form_with_a_token(form: Browser, token: str) -> None:
    form.fill("#token", f" {token} ")
    form.click("#start")
    form.wait(lambda: "/results" in form.url or form.text("#problem"), "an answer")
    assert "/results" in form.url, form.text("#problem")


def test_without_a_token_the_form_says_where_it_goes(form: Browser) -> None:
    form.click("#start")
    form.wait(lambda: form.text("#problem"), "an answer")
    assert "/results" not in form.url
    assert form.find("#token").get_attribute("aria-invalid") == "true"
    form.complaints()  # the browser's own line about 401
