"""The form in a browser: filled in from elsewhere, shown as commands that run, and its list of batches."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from local.stack import Stack
from tests.e2e.browser import Browser
from tests.e2e.service import Service
from tests.support.batches.stacks import StartStack

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("quiet")]

POSITIONS = """\
|ra        |dec       |size|best|id    |
 65.497627  19.535070   50  y    it's
 65.497627  19.535070   120 y    second
"""
EMAIL = "astronomer@example.org"


@pytest.fixture(scope="module")
def stack(start_stack: StartStack) -> Stack:
    return start_stack(few=True)


def commands(browser: Browser) -> dict[str, str]:
    """The commands that the form shows."""
    browser.script("document.getElementById('commands').open = true")
    names = ("curl", "python", "shell")
    browser.wait(lambda: len(browser.all("#commands pre")) == len(names), "the commands")
    shown = [
        browser.script("return document.getElementById(arguments[0]).textContent", f"command-{name}")
        for name in names
    ]
    return dict(zip(names, shown, strict=True))


def run(command: list[str], folder: Path) -> str:
    """Run a command in a folder, with the programs of this environment; its output."""
    folder.mkdir(parents=True, exist_ok=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "HOME": str(folder), "SKYBATCH_HISTORY": "off"}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def images_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("**/images/*"))


def run_all(shown: dict[str, str], stack: Stack, folder: Path) -> list[list[str]]:
    """Run each command as it stands; the names of the images that each brought."""
    accepted = json.loads(run(["bash", "-c", shown["curl"]], folder / "curl"))
    status = Service(stack.url).wait(accepted["batch_id"])
    of_curl = sorted(Service(stack.url).images(status))
    run([sys.executable, "-c", shown["python"]], folder / "python")
    run(["bash", "-c", shown["shell"]], folder / "shell")
    return [of_curl, images_of(folder / "python"), images_of(folder / "shell")]


def test_commands_of_a_list_run_as_they_stand(browser: Browser, stack: Stack, tmp_path: Path) -> None:
    browser.open(
        f"{stack.url}/?mode=positions&bands=J&bands=K&edge=pad&label=Bob%27s%20%22crops%22%20%24HOME"
    )
    browser.fill("#table", POSITIONS)
    browser.fill("#email", EMAIL)
    shown = commands(browser)
    browser.picture("form-commands")
    of_curl, of_python, of_shell = run_all(shown, stack, tmp_path)
    assert len(of_curl) == 4
    assert of_curl == of_python == of_shell


def test_commands_of_a_region_run_as_they_stand(browser: Browser, stack: Stack, tmp_path: Path) -> None:
    browser.open(f"{stack.url}/?center=-29.865417&diameter=0.05")
    browser.fill("#center", "204.253958 -29.865417")
    browser.script(
        "document.getElementById('bands-H').click(); document.getElementById('image_type-2').click()"
    )
    browser.script("document.getElementById('decompress-2').click()")
    of_curl, of_python, of_shell = run_all(commands(browser), stack, tmp_path)
    assert of_curl
    assert of_curl == of_python == of_shell
    assert all("_ql" in name and not name.endswith(".fits") for name in of_curl)


def test_commands_name_a_chosen_file(browser: Browser, stack: Stack, tmp_path: Path) -> None:
    browser.open(f"{stack.url}/?mode=positions&bands=J")
    browser.drop("#ask", "my 'best' \"targets\".tbl", POSITIONS)
    browser.wait(lambda: browser.all("#preview tbody tr"), "the table")
    shown = commands(browser)
    for name in ("curl", "python", "shell"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "my 'best' \"targets\".tbl").write_text(POSITIONS)
    accepted = json.loads(run(["bash", "-c", shown["curl"]], tmp_path / "curl"))
    assert accepted["rows"] == 2
    run([sys.executable, "-c", shown["python"]], tmp_path / "python")
    run(["bash", "-c", shown["shell"]], tmp_path / "shell")
    assert images_of(tmp_path / "python") == images_of(tmp_path / "shell") != []


def test_the_commands_keep_up_with_what_is_typed(browser: Browser, stack: Stack) -> None:
    browser.open(f"{stack.url}/?center=m83")
    assert "m83" in commands(browser)["curl"]
    browser.fill("#center", "m31")
    browser.wait(lambda: "m31" in browser.text("#command-shell"), "the new centre")


def test_a_request_file_fills_in_the_form(browser: Browser, stack: Stack) -> None:
    service = Service(stack.url)
    fields = {
        "mode": "positions",
        "table": POSITIONS,
        "bands": ["J"],
        "edge": "pad",
        "size": "70",
        "label": "First",
    }
    status = service.run(**fields)
    request = service.file(status, "request.json").decode()
    browser.open(f"{stack.url}/")
    browser.drop("#ask", "request.json", request)
    browser.wait(lambda: len(browser.all("#preview tbody tr")) == 2, "its table")
    assert browser.find("#table").get_property("value") == POSITIONS
    assert browser.find("#size").get_property("value") == "70"
    chosen = [each.get_property("id") for each in browser.all("#ask input:checked")]
    assert {"mode-positions", "bands-J", "edge-2"} <= set(chosen)
    assert "bands-K" not in chosen
    assert browser.find("#file").get_property("value") == ""
    browser.fill("#email", EMAIL)
    browser.click("#start")
    browser.wait(lambda: "/results" in browser.url, "the page of the batch")
    again = service.wait(browser.url.split("/")[-2])
    assert sorted(service.images(again)) == sorted(service.images(status))


def test_a_request_file_brings_a_table_that_is_no_text(browser: Browser, stack: Stack) -> None:
    table = b64encode(gzip.compress(POSITIONS.encode())).decode()
    request = {"mode": "positions", "size": 70, "best": True, "bands": ["J"]}
    browser.open(f"{stack.url}/")
    browser.drop("#ask", "request.json", json.dumps({**request, "table_base64": table}))
    browser.wait(lambda: len(browser.all("#preview tbody tr")) == 2, "its table")
    assert browser.find("#size").get_property("value") == "70"
    browser.drop("#ask", "request.json", json.dumps(request))
    browser.wait(lambda: "does not include the table" in browser.text("#problem"), "what it lacks")


def test_a_batch_is_edited_and_run_again_from_its_page(browser: Browser, stack: Stack) -> None:
    status = Service(stack.url).run(mode="region", center="m83", diameter=0.1, bands=["H"], label="Messier")
    browser.open(f"{stack.url}/batches/{status['batch_id']}/results")
    browser.click("a[href*='?batch=']")
    browser.wait(lambda: browser.all("#center"), "the form")
    assert [browser.find(f"#{name}").get_property("value") for name in ("center", "diameter", "label")] == [
        "m83",
        "0.1",
        "Messier",
    ]
    assert [each.get_property("value") for each in browser.all("[name=bands]:checked")] == ["H"]


def test_an_unknown_name_is_told_before_the_batch_starts(browser: Browser, stack: Stack) -> None:
    browser.open(f"{stack.url}/?mode=positions")
    browser.fill("#table", "name,size\nm83,50\nnobody knows me,50\n")
    browser.fill("#email", EMAIL)
    browser.click("#start")
    browser.wait(lambda: browser.all("#problem section button"), "the question")
    assert "nobody knows me" in browser.text("#problem")
    browser.picture("form-unknown-name")
    assert any("422" in told for told in browser.complaints())
    browser.click("#problem section button")
    browser.wait(lambda: "/results" in browser.url, "the page of the batch")
    status = Service(stack.url).wait(browser.url.split("/")[-2])
    assert status["rows"]["unresolved"] == 1


def test_an_unknown_centre_is_told_at_its_field(browser: Browser, stack: Stack) -> None:
    browser.open(f"{stack.url}/?center=nobody+knows+me")
    browser.fill("#email", EMAIL)
    browser.click("#start")
    browser.wait(lambda: browser.all("#wrong-center"), "the refusal")
    assert browser.find("#center").get_attribute("aria-invalid") == "true"
    assert any("422" in told for told in browser.complaints())


def test_my_batches_are_listed_in_this_browser_and_can_be_removed(browser: Browser, stack: Stack) -> None:
    browser.open(f"{stack.url}/?center=m83&diameter=0.05&label=Mine")
    browser.script("localStorage.clear()")
    browser.fill("#email", EMAIL)
    browser.click("#start")
    browser.wait(lambda: "/results" in browser.url, "the page of the batch")
    batch_id = browser.url.split("/")[-2]
    images = Service(stack.url).wait(batch_id)["images"]["retrieved"]
    entry = json.dumps([{"id": batch_id, "label": "Mine", "state": "packaging"}])  # as it was while it ran
    browser.script("localStorage.setItem('skybatch.batches', arguments[0])", entry)
    browser.open(f"{stack.url}/batches/{batch_id}/results")
    browser.open(f"{stack.url}/")
    browser.click("#mine summary")
    browser.wait(lambda: f"complete, {images} images" in browser.text("#mine tbody"), "its state")
    browser.picture("form-my-batches")
    assert browser.find("#mine tbody a").get_property("href") == f"{stack.url}/batches/{batch_id}/results"
    assert EMAIL not in browser.script("return JSON.stringify(localStorage)")
    browser.click("#mine tbody button")
    assert not browser.find("#mine").is_displayed()
    browser.open(f"{stack.url}/")
    assert not browser.find("#mine").is_displayed()


def test_what_continues_a_batch_of_mine_is_mine_and_what_others_share_is_not(
    browser: Browser, start_stack: StartStack
) -> None:
    small = start_stack(few=False, parameters={"MaxBatchBytes": "25000"})
    service = Service(small.url)
    first = service.run(mode="positions", table=POSITIONS)["batch_id"]
    browser.open(f"{small.url}/batches/{first}/results")
    assert first not in browser.script("return JSON.stringify(localStorage)")
    entry = json.dumps([{"id": first, "label": "Mine"}])
    browser.script("localStorage.setItem('skybatch.batches', arguments[0])", entry)
    browser.click("#rest button")
    browser.wait(lambda: first not in browser.url and "/results" in browser.url, "the next part")
    kept = json.loads(browser.script("return localStorage.getItem('skybatch.batches')"))
    assert [(one["id"], one["label"]) for one in kept] == [
        (browser.url.split("/")[-2], "Mine"),
        (first, "Mine"),
    ]
    browser.script("localStorage.clear()")


def test_the_form_is_for_everybody_in_each_of_its_states(browser: Browser, stack: Stack) -> None:
    """Judged by axe, in both widths and schemes: each mode, with commands, notices and errors."""
    found = []
    for page in ("?example=region", "?example=positions", "?example=scans", "?mode=scan&size=9&lable=x"):
        browser.open(f"{stack.url}/{page}")
        commands(browser)
        if page.startswith("?mode=scan"):
            browser.fill("#email", EMAIL)
            browser.click("#start")
            browser.wait(lambda: browser.all("#problem section"), "the refusal")
        found += browser.violations_everywhere(page)
    assert found == []
    assert any("422" in told for told in browser.complaints())
