"""What people take home from the real stack: script, tables, pictures, and nothing that bites."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits
from astropy.table import Table

from local.mailbox import wait_for_email
from local.stack import Stack
from tests.e2e.service import Service
from tests.support.html import Page

pytestmark = pytest.mark.e2e

TABLE = """\
|ra        |dec       |size|best|id    |
 65.497627  19.535070   50  y    crop
 65.497627  19.535070   null n   whole
"""
FETCHERS = ("curl", "wget")
SCRIPT = "<script>alert(1)</script>"
LABEL = f"{SCRIPT}\"'&;$(touch x)`id` ../../etc/passwd 🔭 http://evil.example \u202egnp"
IDS = ["<b>x</b>", "\"'`$(id)", "../../../etc", "🔭🔭", "a|b\\c", "=1+1"]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def finished(service: Service) -> dict[str, Any]:
    return service.run(mode="positions", table=TABLE, label="To take home")


@pytest.fixture(scope="module")
def taken(service: Service, finished: dict[str, Any]) -> dict[str, bytes]:
    """Every member of the archive that is a file, by its path in the folder."""
    with tarfile.open(fileobj=io.BytesIO(service.file(finished, "images.tar"))) as tar:
        return {
            member.name.partition("/")[2]: tar.extractfile(member).read()  # type: ignore[union-attr]
            for member in tar
            if member.isfile()
        }


def run_script(folder: Path, fetcher: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "SKYBATCH_FETCH": fetcher}
    return subprocess.run(
        ["sh", "download.sh"], cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("fetcher", FETCHERS)
def test_the_script_fetches_everything(
    service: Service, finished: dict[str, Any], taken: dict[str, bytes], tmp_path: Path, fetcher: str
) -> None:
    if not shutil.which(fetcher):
        pytest.skip(f"{fetcher} is not installed")
    (tmp_path / "download.sh").write_bytes(service.file(finished, "download.sh"))
    ran = run_script(tmp_path, fetcher)
    assert (ran.returncode, ran.stderr) == (0, "")
    fetched = {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    sums = {line.split("  ")[1] for line in taken["md5sums.txt"].decode().splitlines()}
    assert set(fetched) == sums | {"download.sh"}
    assert all(body == taken[name] for name, body in fetched.items())


@pytest.mark.parametrize("fetcher", FETCHERS)
def test_the_script_goes_on_where_it_was_stopped(
    service: Service, finished: dict[str, Any], taken: dict[str, bytes], tmp_path: Path, fetcher: str
) -> None:
    """Begun, wrong, whole but not yet checked, damaged: each image ends right."""
    if not shutil.which(fetcher):
        pytest.skip(f"{fetcher} is not installed")
    images = sorted((name, body) for name, body in taken.items() if name.startswith("images/"))
    assert len(images) >= 5
    (tmp_path / "images").mkdir()
    (begun, whole, wrong, rubbish, there), bodies = zip(*images[:5], strict=True)
    (tmp_path / f"{begun}.part").write_bytes(bodies[0][:10_000])
    (tmp_path / f"{whole}.part").write_bytes(bodies[1])
    (tmp_path / wrong).write_bytes(b"not the image")
    (tmp_path / f"{rubbish}.part").write_bytes(b"?" * (len(bodies[3]) + 5))
    (tmp_path / there).write_bytes(bodies[4])
    (tmp_path / "download.sh").write_bytes(service.file(finished, "download.sh"))
    ran = run_script(tmp_path, fetcher)
    assert ran.returncode == 0, ran.stderr
    assert {name: (tmp_path / name).read_bytes() for name, _ in images} == dict(images)
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_begun_is_not_fetched_twice(
    service: Service, finished: dict[str, Any], taken: dict[str, bytes], tmp_path: Path
) -> None:
    """A part with other bytes in front than the image's, of the right length: a resumed file keeps them."""
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    name, body = next((n, b) for n, b in taken.items() if n.startswith("images/"))
    kept = b"?" * 1000 + body[1000 : len(body) // 2]
    (tmp_path / "images").mkdir()
    (tmp_path / f"{name}.part").write_bytes(kept)
    script = service.file(finished, "download.sh").decode()
    expected = hashlib.md5(kept + body[len(kept) :]).hexdigest()
    (tmp_path / "download.sh").write_text(script.replace(hashlib.md5(body).hexdigest(), expected))
    assert run_script(tmp_path, "curl").returncode == 0
    assert (tmp_path / name).read_bytes() == kept + body[len(kept) :]


def test_the_script_says_what_it_could_not_fetch(
    service: Service, finished: dict[str, Any], tmp_path: Path
) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    script = service.file(finished, "download.sh").decode().replace("tries=5", "tries=1")
    head, lines = script.split("<<'FILES'\n", 1)
    wrong = "0" * 32 + lines[32:]
    (tmp_path / "download.sh").write_text(f"{head}<<'FILES'\n{wrong}")
    ran = run_script(tmp_path, "curl")
    assert ran.returncode == 1
    assert f"could not fetch {lines.split()[1]}" in ran.stderr


def test_tables_load_where_astronomers_load_them(taken: dict[str, bytes], tmp_path: Path) -> None:
    images = [name for name in taken if name.startswith("images/")]
    for name in ("images", "rows"):
        ipac = Table.read(taken[f"{name}.tbl"].decode(), format="ascii.ipac")
        votable = Table.read(io.BytesIO(taken[f"{name}.xml"]), format="votable")
        csv = Table.read(taken[f"{name}.csv"].decode(), format="ascii.csv")
        assert len(ipac) == len(votable) == len(csv) == (len(images) if name == "images" else 2)
    if shutil.which("stilts") is None:
        pytest.skip("stilts, which reads tables as TOPCAT does, is not installed")
    for name in ("images.tbl", "images.xml", "images.csv", "rows.tbl", "rows.xml"):
        (tmp_path / name).write_bytes(taken[name])
        kind = {"tbl": "ipac", "xml": "votable", "csv": "csv"}[name.split(".")[1]]
        command = ["stilts", "tpipe", f"in={name}", f"ifmt={kind}", "omode=count"]
        counted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert counted.stdout.split()[-1] == str(len(images) if name.startswith("images") else 2)
        if kind == "votable":
            lint = ["stilts", "votlint", name]
            told = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert (told.stdout, told.stderr) == ("", "")


def test_the_request_posts_again_from_the_archive(service: Service, taken: dict[str, bytes]) -> None:
    again = service.run(**json.loads(taken["request.json"]))
    assert set(service.images(again)) == {name.removeprefix("images/") for name in taken if "images/" in name}


def test_previews_of_crops_whole_images_and_colours(
    service: Service, finished: dict[str, Any], taken: dict[str, bytes]
) -> None:
    base = f"/batches/{finished['batch_id']}/previews/"
    names = [name.removeprefix("images/") for name in taken if name.startswith("images/")]
    colours = {name.replace("_j", "_jhk") for name in names if "n_j" in name}
    for name in (*names, *colours):
        answer = service.call(f"{base}{name}.png")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png"), name
        assert answer.body.startswith(PNG)
        assert "private" in answer.headers["cache-control"]
        assert service.call(f"{base}{name}.png").body == answer.body
    page = Page(service.call(f"/batches/{finished['batch_id']}/results").body.decode())
    pictures = [picture.attributes["src"] for picture in page.all("img")]
    shown = sorted(each.partition("?")[0] for each in pictures)
    assert shown == sorted(["sky.svg", *(f"previews/{name}.png" for name in (*names, *colours))])
    here = f"/batches/{finished['batch_id']}/"
    assert all(service.call(here + address).status == 200 for address in pictures)


@pytest.mark.parametrize(
    "name", ["nothing.fits.png", "..%2Fbatch.json", "batch.json", "%2e%2e", "x" * 300, "0001_crop.fits"]
)
def test_there_are_no_other_previews(service: Service, finished: dict[str, Any], name: str) -> None:
    assert service.call(f"/batches/{finished['batch_id']}/previews/{name}").status == 404


def hostile_table() -> str:
    quoted = [text.replace('"', '""') for text in IDS]
    rows = "".join(f'65.497627,19.535070,50,"{text}"\n' for text in quoted)
    return "ra,dec,size,id\n" + rows


def test_whatever_a_user_types_is_inert(service: Service, stack: Stack, tmp_path: Path) -> None:
    email = "hostile@example.org"
    label = LABEL.replace("\u202e", "")
    status = service.run(
        mode="positions", table=hostile_table(), label=label, email=email, best=True, bands="J"
    )
    assert status["images"]["retrieved"] == len(IDS)
    page = service.call(f"/batches/{status['batch_id']}/results").body.decode()
    tables = [service.file(status, f"{name}.html").decode() for name in ("images", "rows")]
    mail = wait_for_email(stack.emulator.url, email)
    for html in (page, *tables, mail.html):
        _check_inert(html)
    assert "\n" not in mail.subject
    assert "http://evil.example" not in mail.text + mail.html + mail.subject
    for name in ("images", "rows"):
        votable = Table.read(io.BytesIO(service.file(status, f"{name}.xml")), format="votable")
        assert [str(text) for text in votable["id"]] == IDS
    csv = service.file(status, "images.csv").decode()
    assert not any(cell.startswith(("=", "+", "@")) for line in csv.splitlines() for cell in line.split(","))
    _check_archive(service, status, tmp_path)


def _check_inert(html: str) -> None:
    """No element, attribute or address of the user's: only our own inline scripts, and no `on…`."""
    page = Page(html)
    assert SCRIPT not in html
    scripts = page.all("script")
    assert all("alert(1)" not in script.text for script in scripts)
    assert not page.all("b")
    for element in page.elements:
        assert not any(name.startswith("on") for name in element.attributes)
        for name in ("href", "src", "action"):
            address = str(element.attributes.get(name) or "")
            assert not address.lower().startswith(("javascript:", "data:text", "http://evil"))


def _check_archive(service: Service, status: dict[str, Any], folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(service.file(status, "images.tar"))) as tar:
        names = tar.getnames()
        tar.extractall(folder, filter="data")
    assert all(re.fullmatch(r"[A-Za-z0-9._/-]+", name) for name in names)
    assert not any(".." in name.split("/") for name in names)
    (top,) = folder.iterdir()
    for image in (top / "images").iterdir():
        with fits.open(image) as hdus:
            hdus.verify("exception")
    checked = subprocess.run(["sh", "download.sh"], cwd=top, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert not (top / "x").exists()
    assert SCRIPT not in (top / "download.sh").read_text()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"label": "x" * 201}, 422),
        ({"label": "two\nlines"}, 422),
        ({"label": "\u202e" + "x"}, 422),
        ({"table": f"ra,dec,id\n1,2,{'i' * 10_000}\n"}, 422),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, 422),
    ],
)
def test_too_long_or_unprintable_is_refused_and_shown_short(
    service: Service, fields: dict[str, str], code: int
) -> None:
    asked = {"mode": "positions", "table": TABLE, **fields}
    problem = service.post("/batches", **asked)
    assert problem.status == code
    assert len(problem.body) < 5000
    body = json.dumps(asked).encode()
    page = service.call("/batches", body, {"Content-Type": "application/json", "Accept": "text/html"})
    assert page.status == code
    assert len(page.body) < len(service.call("/").body) + 15_000
    _check_inert(page.body.decode())


def test_hostile_object_names_are_not_found_and_shown_as_text(service: Service) -> None:
    names = [SCRIPT, "x' onmouseover='alert(1)", "../../etc/passwd", "🔭 " + "n" * 98]
    table = "name,size\n" + "".join(f'"{name}",50\n' for name in names)
    status = service.run(mode="positions", table=table)
    assert status["rows"]["unresolved"] == len(names), status["rows"]
    page = service.call(f"/batches/{status['batch_id']}/results").body.decode()
    _check_inert(page)
    _check_inert(service.file(status, "rows.html").decode())
    assert "&lt;script&gt;alert(1)" in page


def test_the_caution_stands_wherever_quicklooks_are(service: Service, stack: Stack) -> None:
    email = "quicklooks@example.org"
    status = service.run(
        mode="positions", table=TABLE, image_type="quicklook", bands="J", email=email, decompress=True
    )
    assert status["images"]["retrieved"] > 0
    said = "photometr"
    mail = wait_for_email(stack.emulator.url, email)
    places = {
        "page": service.call(f"/batches/{status['batch_id']}/results").body.decode(),
        "form": service.call("/").body.decode(),
        "email": mail.text,
        "email as HTML": mail.html,
        **{f"images.{fmt}": service.file(status, f"images.{fmt}").decode() for fmt in ("xml", "html", "tbl")},
        "README": service.file(status, "README.txt").decode(),
    }
    assert [place for place, text in places.items() if said not in text] == []
    for body in service.images(status).values():
        header = fits.getheader(io.BytesIO(body))
        assert "LOSSY" in header
        assert said in str(header["COMMENT"])
