"""TOPCAT, on a display of its own, loads our tables by their addresses when it is told to by SAMP."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from astropy.samp import SAMPHubServer, SAMPIntegratedClient

from local.stack import Stack
from tests.contract.addresses import DEC, INVENTORY, RA, SEARCH, SIA, SIA2, at
from tests.e2e.service import Service

PROGRAMS = ("topcat", "xvfb-run")
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason="topcat or xvfb is not installed"),
]
START_SECONDS = 120.0


@pytest.fixture(scope="module")
def topcat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SAMPIntegratedClient, str]]:
    """A client of a hub, and TOPCAT's id there."""
    folder = tmp_path_factory.mktemp("samp")
    lockfile = folder / "samp.lock"
    hub = SAMPHubServer(web_profile=False, lockfile=str(lockfile), addr="127.0.0.1")
    hub.start()
    environment = os.environ | {"SAMP_HUB": f"std-lockurl:{lockfile.as_uri()}", "HOME": str(folder)}
    program = subprocess.Popen(
        ["xvfb-run", "-a", "topcat"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    client = SAMPIntegratedClient(name="tests", addr="127.0.0.1")
    os.environ["SAMP_HUB"] = environment["SAMP_HUB"]
    try:
        client.connect(hub=hub)
        yield client, _registered(client)
        client.disconnect()
    finally:
        del os.environ["SAMP_HUB"]
        os.killpg(program.pid, signal.SIGTERM)
        program.wait(30)
        hub.stop()


def _registered(client: SAMPIntegratedClient) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        for name in client.get_registered_clients():
            if "topcat" in str(client.get_metadata(name).get("samp.name", "")).lower():
                return str(name)
        time.sleep(0.5)
    pytest.fail("TOPCAT did not register with the hub")


def loaded(topcat: tuple[SAMPIntegratedClient, str], kind: str, url: str) -> Any:
    client, program = topcat
    message = {"samp.mtype": f"table.load.{kind}", "samp.params": {"url": url, "name": url[:40]}}
    return client.call_and_wait(program, message, "120")


ADDRESSES = {
    "SIA 1.0": at(SIA, POS=f"{RA},{DEC}", SIZE=0.1),
    "inventory": at(INVENTORY, POS=f"{RA},{DEC}", SIZE=0.1),
    "SIA 2.0": at(SIA2, POS=f"CIRCLE {RA} {DEC} 0.1"),
    "search": at(SEARCH, POS=f"{RA},{DEC}", RESPONSEFORMAT="VOTABLE"),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_answer_is_loaded(topcat: tuple[SAMPIntegratedClient, str], stack: Stack, name: str) -> None:
    assert loaded(topcat, "votable", stack.url + ADDRESSES[name])["samp.status"] == "samp.ok"


def test_a_table_of_a_batch_is_loaded(topcat: tuple[SAMPIntegratedClient, str], service: Service) -> None:
    status = service.run(mode="region", center=f"{RA} {DEC}", diameter=0.1, bands="K")
    url = next(file["url"] for file in status["files"] if file["name"] == "images.xml")
    assert loaded(topcat, "votable", url)["samp.status"] == "samp.ok"


def test_what_is_no_table_is_told(topcat: tuple[SAMPIntegratedClient, str], stack: Stack) -> None:
    assert loaded(topcat, "votable", f"{stack.url}/health")["samp.status"] != "samp.ok"
