"""The function itself, event in and answer out, over a made archive."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from astropy.io import fits
from astropy.io.votable import parse

from skybatch.api import dependencies
from skybatch.api.routes import ibe_data, image_search, inventory_search, vo
from tests.support.sample_archive import MadeArchive
from tests.support.template import ROOT, event

DOORS = (ibe_data, image_search, inventory_search, vo)


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The search function's handler, its archive one made of four scans in memory."""
    made = MadeArchive(centres=[(314.30417, 77.595559)])
    held = {"archive": lambda: made.objects, "inventories": lambda: made.open, "held": lambda: ["asky"]}
    for door in DOORS:
        for name in held.keys() & vars(door).keys():
            monkeypatch.setattr(door, name, held[name])
    spec = importlib.util.spec_from_file_location("search_app", ROOT / "functions" / "search" / "app.py")
    assert spec is not None
    assert spec.loader is not None
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    return app.handler


def ask(handler: Any, name: str, **changes: Any) -> tuple[int, bytes, dict[str, str]]:
    context = SimpleNamespace(
        function_name="search", memory_limit_in_mb=1024, invoked_function_arn="arn", aws_request_id="id"
    )
    answer = handler({**event(name), **changes}, context)
    body = answer["body"]
    content = base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
    return answer["statusCode"], content, answer["headers"]


def test_an_inventory_search(handler: Any) -> None:
    status, body, _ = ask(handler, "search-get-sia", rawQueryString="POS=314.3,77.6&type=at&SIZE=0.1")
    assert status == 200
    assert len(parse(io.BytesIO(body), verify="ignore").get_first_table().array) == 6


def test_a_cutout(handler: Any) -> None:
    path = "/ibe/data/twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz"
    http = json.loads(json.dumps(event("search-get-cutout")["requestContext"]))
    http["http"]["path"] = path
    query = "center=314.30417,77.595559&size=1arcmin&gzip=0"
    status, body, headers = ask(
        handler, "search-get-cutout", rawPath=path, requestContext=http, rawQueryString=query
    )
    assert (status, headers["Content-Type"]) == (200, "image/fits")
    with fits.open(io.BytesIO(body)) as hdus:
        assert hdus[0].data.shape == (60, 60)


def test_sia2(handler: Any) -> None:
    status, body, _ = ask(handler, "search-get-sia2")
    assert status == 200
    assert len(parse(io.BytesIO(body), verify="ignore").get_first_table().array) == 1


def test_what_nobody_foresaw_in_a_form_is_refused(handler: Any) -> None:
    changes = {"headers": {"content-type": "multipart/form-data"}, "body": "x"}
    context = json.loads(json.dumps(event("search-get-sia2")["requestContext"]))
    context["http"]["method"] = "POST"
    status, body, _ = ask(handler, "search-get-sia2", requestContext=context, **changes)
    assert status == 415
    assert b"x-www-form-urlencoded" in body


def test_the_functions_import_leaves_out_what_is_slow() -> None:
    import subprocess
    import sys

    code = "import sys; sys.path.insert(0, 'functions/search'); import app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    slow = {"astropy", "boto3", "pydantic", "lark", "jinja2", "urllib3", "matplotlib"}
    assert not slow & set(done.stdout.split())
    assert dependencies.__name__ in done.stdout.split()
