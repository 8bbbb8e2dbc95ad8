"""A survey in a public bucket, published to a service that runs: served with no new deployment."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import unquote

import obstore
import pytest

from local.archive_bucket import emulator_bucket
from local.emulator import CREDENTIALS, REGION
from local.stack import ARCHIVE_BUCKET, PUBLIC, Stack
from skybatch.cli.command_line import main
from skybatch.storage.directory_tree import DirectoryTree
from tests.e2e.crops import Judge
from tests.e2e.service import Service
from tests.support.batches.stacks import StartStack
from tests.support.survey.described.first_tree import FIELDS, description, fill, first_image, key

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

PLACE = f'\n[place]\nbucket = "{PUBLIC.bucket}"\nregion = "{PUBLIC.region}"\naccess = "anonymous"\n'
# A function that meets a survey it does not know looks for it, but not more than once a minute.
MOST_SECONDS = 75


@pytest.fixture(scope="module")
def stack(start_stack: StartStack) -> Stack:
    """A service over 2MASS alone, whose functions have answered before the survey is published."""
    stack = start_stack()
    service = Service(stack.url)
    assert "first" not in surveys(service)
    assert planned(service) == 422
    return stack


def planned(service: Service) -> int:
    """The status of a dry run of the survey."""
    return service.post("/plans", survey="first", mode="image_ids", table="field\n10510+30456E\n").status


def surveys(service: Service) -> list[str]:
    """The ids of the surveys that a service says it has."""
    return [survey["id"] for survey in service.call("/surveys").json()["surveys"]]


@pytest.fixture(scope="module")
def service(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """The same service, after `skybatch archive index` and a while."""
    folder = tmp_path_factory.mktemp("first")
    fill(DirectoryTree(folder / "tree"))
    (folder / "first.toml").write_text(description() + PLACE)
    publish(stack, folder)
    service, end = Service(stack.url), time.monotonic() + MOST_SECONDS
    while "first" not in surveys(service) or planned(service) != 200:
        assert time.monotonic() < end
        time.sleep(2)
    return service


def publish(stack: Stack, folder: Path) -> None:
    """What an operator does: the images lie in the public bucket, the inventory goes to the archive."""
    stack.emulator.client("s3").create_bucket(Bucket=PUBLIC.bucket)
    public = emulator_bucket(stack.emulator, PUBLIC.bucket)
    for field in FIELDS:
        obstore.put(public, key(field), (folder / "tree" / key(field)).read_bytes())
    command = ["archive", "index", f"s3://{ARCHIVE_BUCKET}", "--survey", str(folder / "first.toml")]
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        environment.setenv("AWS_ENDPOINT_URL", stack.emulator.url)
        environment.setenv("AWS_REGION", REGION)
        assert main([*command, "--images", str(folder / "tree")]) == 0


def test_its_crops_are_those_of_the_images_in_the_public_bucket(service: Service) -> None:
    ra, dec = FIELDS["10510+30456E"]
    table = f"ra,dec,size\n{ra},{dec},20\n"
    status = service.run(mode="positions", survey="first", table=table)
    assert (status["state"], status["images"]["retrieved"], status["images"]["failed"]) == ("complete", 1, 0)
    (crop,) = service.images(status).values()
    judge = Judge(first_image("10510+30456E"))
    assert judge.check(crop) == judge.expected_box(ra, dec, 20)


def test_its_image_sets_are_whole_images(service: Service) -> None:
    status = service.run(mode="image_ids", survey="first", table="field\n07420+30456E\n", form="fits")
    assert list(service.images(status).values()) == [first_image("07420+30456E")]


def test_a_whole_image_is_a_redirect_to_where_anybody_reads_it(service: Service) -> None:
    answer = service.call(f"/ibe/data/{key('10510+31456E')}", follow=False)
    assert answer.status == 302
    assert unquote(answer.headers["location"]).endswith(f"/{PUBLIC.bucket}/{key('10510+31456E')}")


def test_searches_find_it(service: Service) -> None:
    ra, dec = FIELDS["07420+30456E"]
    found = service.call(f"/ibe/search/first/first/images?POS={ra},{dec}&SIZE=0.01&ct=csv").body.decode()
    assert "07420+30456E" in found
    answer = service.call(f"/sia2/query?POS=CIRCLE+{ra}+{dec}+0.01&COLLECTION=first&RESPONSEFORMAT=csv")
    assert "07420+30456E" in answer.body.decode()
