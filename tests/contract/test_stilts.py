"""stilts judges every VOTable we answer with, and reads tables by their addresses."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from local.stack import Stack
from tests.contract.addresses import DEC, INVENTORY, RA, SIA, SIA2, VOTABLES, at
from tests.e2e.service import Service

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("stilts") is None, reason="stilts is not installed"),
]


def stilts(*words: str) -> str:
    done = subprocess.run(["stilts", *words], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout + done.stderr


@pytest.mark.parametrize("what", VOTABLES)
def test_votlint_finds_no_error(service: Service, tmp_path: Path, what: str) -> None:
    document = tmp_path / "answer.xml"
    document.write_bytes(service.call(VOTABLES[what]).body)
    # SIA 1.0 prescribes UCDs of the first generation, which votlint knows to be old.
    said = stilts("votlint", "ucd=false", str(document))
    assert "ERROR" not in said
    assert "WARNING" not in said


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        (at(SIA, POS=f"{RA},{DEC}", SIZE=0.01), 3),
        (at(INVENTORY, POS=f"{RA},{DEC}", SIZE=0.05, type="at"), 6),
        (at(SIA2, POS=f"CIRCLE {RA} {DEC} 0.01", COLLECTION="twomass_allsky"), 3),
    ],
)
def test_tpipe_reads_by_address(stack: Stack, address: str, rows: int) -> None:
    said = stilts("tpipe", "ifmt=votable", f"in={stack.url}{address}", "omode=count")
    assert said.split() == ["columns:", said.split()[1], "rows:", str(rows)]


@pytest.mark.parametrize("endpoint", [f"{SIA}?", f"{INVENTORY}?type=at&FORMAT=image/fits&"])
def test_coneskymatch_asks_for_every_row(stack: Stack, tmp_path: Path, endpoint: str) -> None:
    table = tmp_path / "targets.csv"
    table.write_text(f"id,ra,dec\na,{RA},{DEC}\nb,10,-80\n")
    words = [
        "coneskymatch",
        "servicetype=sia",
        f"serviceurl={stack.url}{endpoint}",
        f"in={table}",
        "ifmt=csv",
    ]
    stilts(*words, "ra=ra", "dec=dec", "sr=0.001", "find=all", f"out={tmp_path / 'found.csv'}")
    lines = (tmp_path / "found.csv").read_text().splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == {"a"}
    assert len(lines) == 1 + 3
