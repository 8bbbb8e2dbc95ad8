"""The local stack is the real service: a batch goes through it, over its public address."""

from __future__ import annotations

import pytest

from local.mailbox import emails, wait_for_email
from local.stack import Stack
from local.verify import Target, delivered_images, verify_crop
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e


def test_a_position_comes_back_as_crops_that_astropy_confirms(stack: Stack, service: Service) -> None:
    target = Target(65.497627, 19.535070, 50)
    table = f"|ra|dec|size|\n {target.ra} {target.dec} {target.size}\n"
    status = service.run(mode="positions", table=table, email="first@example.org")
    assert status["rows"]["retrieved"] == 1
    images = delivered_images(service.file(status, "images.tar"))
    assert len(images) == 6
    for image in images:
        verify_crop(image, stack.archive, target)


def test_its_email_comes_once_and_links_to_the_page(stack: Stack, service: Service) -> None:
    table = "|ra|dec|best|size|\n 314.30417 77.595559 y 20\n"
    status = service.run(mode="positions", table=table, bands="J", email="second@example.org")
    page = f"{stack.url}/batches/{status['batch_id']}/results"
    assert page in wait_for_email(stack.emulator.url, "second@example.org").text
    assert service.call(page).status == 200
    assert len([email for email in emails(stack.emulator.url) if "second@example.org" in email.to]) == 1


def test_downloads_redirect_to_s3(stack: Stack, service: Service) -> None:
    status = service.run(mode="scans", table="|xdate|hem|scan|image|\n 971031 n 96 197\n", bands="K")
    answer = service.call(f"/batches/{status['batch_id']}/files/images.tar", follow=False)
    assert answer.status == 302
    assert answer.headers["location"].startswith(stack.emulator.url)
