"""The local stack is the real service: a batch goes through it, over its public address."""

from __future__ import annotations

import io
import tarfile

import pytest

from local.check import Target, check_crop, delivered
from tests.e2e.conftest import Service

pytestmark = pytest.mark.e2e


def test_a_position_comes_back_as_crops_that_astropy_confirms(stack: Service) -> None:
    target = Target(65.497627, 19.535070, 50)
    table = f"|ra|dec|size|\n {target.ra} {target.dec} {target.size}\n"
    accepted = stack.submit(mode="positions", table=table, email="first@example.org")
    status = stack.wait(accepted["batch_id"])
    assert status["state"] == "complete"
    assert status["rows"]["retrieved"] == status["rows"]["total"] == 1
    images = delivered(stack.file(accepted["batch_id"], "images.tar"))
    assert len(images) == 6
    for image in images:
        check_crop(image, stack.stack.archive, target)
    assert accepted["results_url"] in stack.email_to("first@example.org").text
    assert len(stack.emails_to("first@example.org")) == 1


def test_downloads_redirect_to_s3(stack: Service) -> None:
    accepted = stack.submit(
        mode="positions", table="|ra|dec|best|size|\n 314.30417 77.595559 y 20\n", bands="J"
    )
    stack.wait(accepted["batch_id"])
    answer = stack.http.get(f"/batches/{accepted['batch_id']}/files/images.tar", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(stack.stack.emulator.url)
    body = stack.http.get(answer.headers["location"]).content
    assert any(name.endswith(".fits") for name in tarfile.open(fileobj=io.BytesIO(body)).getnames())
