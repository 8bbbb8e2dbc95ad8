"""A survey's images are read where its description says; the inventory lies in the archive."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest
from obstore.store import MemoryStore

from skybatch.errors import NotFound
from skybatch.inventory.places.image_stores import images_at, images_of, place_of, place_text
from skybatch.storage import refusals
from skybatch.storage.places import open_place
from skybatch.surveys.catalogue import packaged_survey
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service
from tests.support.batches.in_process_service import images_of as images_in
from tests.support.servers.http import HttpClient, make_dependencies
from tests.support.servers.public_images import PLACE, lying_in, published_images
from tests.support.survey.descriptions import plain_survey
from tests.support.survey.sample_archive import MadeArchive

CENTER = (314.30417, 77.595559)
ELSEWHERE = 'bucket = "own-images"\nregion = "eu-west-1"'


@pytest.fixture
def archive() -> MadeArchive:
    return MadeArchive(centres=[CENTER])


def test_a_description_without_a_bucket_is_of_the_archive() -> None:
    store = MemoryStore()
    assert place_of("asky") == ""
    assert images_of(store, "asky") is store


def test_a_description_names_bucket_region_access_and_who_pays() -> None:
    signed = plain_survey(("[fields]", f"[place]\n{ELSEWHERE}\nrequester_pays = true\n[fields]"))
    assert place_text(signed.place) == ("s3://own-images?region=eu-west-1&access=signed&payer=requester")
    assert place_text(packaged_survey().place) == ""


def test_the_key_of_an_image_tells_its_store(archive: MadeArchive) -> None:
    with lying_in(PLACE):
        assert images_at(archive.objects, archive.key(0, "j")) is open_place(PLACE.text)
        with pytest.raises(NotFound):
            images_at(archive.objects, "twomass/x.fits")


def test_a_batch_is_of_images_in_a_bucket_of_others(archive: MadeArchive) -> None:
    service = Service(archive)
    key = archive.key(0, "j")
    with published_images(archive) as public:
        table = f"ra,dec,size\n{CENTER[0]},{CENTER[1]},50\n{CENTER[0]},{CENTER[1]},\n"
        accepted = service.submit(mode="positions", bands=["j"], table=table)
        status = service.run(accepted)
        asked = [line for line in public.s3.seen if not line.startswith("PUT")]
    assert status.images.retrieved == 2
    plan = service.store(accepted.record.batch_id).read("plan.jsonl") or b""
    _, *tasks = map(json.loads, plan.splitlines())
    assert [task["place"] for task in tasks] == [PLACE.text] * 2
    files = images_in(service.file(accepted, "images.tar"))
    (whole,) = (body for name, body in files.items() if name.endswith(".gz"))
    assert gzip.decompress(whole) == archive.plain[key]
    assert asked == [f"GET {key}"]  # one reading; nothing was copied


def test_what_a_public_bucket_does_not_hold_fails_by_its_code(
    archive: MadeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(archive)
    with published_images(archive) as public:
        public.s3.memory.objects.pop(archive.key(0, "j"))
        refusals._read.clear()
        with monkeypatch.context() as known:
            known.setitem(refusals._read, refusals._name(open_place(PLACE.text)), archive.key(0, "h"))
            table = f"ra,dec,size\n{CENTER[0]},{CENTER[1]},50\n"
            accepted = service.submit(mode="positions", bands=["j", "h"], table=table)
            status = service.run(accepted)
    assert (status.images.retrieved, status.images.failed) == (1, 1)
    assert status.reasons[0].code == "source_missing"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_whole_public_image_is_a_redirect_to_its_plain_address(archive: MadeArchive, method: str) -> None:
    search = _search(archive)
    with published_images(archive) as public:
        answer = search.call(method, f"/ibe/data/{archive.key(0, 'j')}")
        location = answer.headers["location"]
        assert (answer.status, location) == (302, f"{public.url}/{archive.key(0, 'j')}")
        assert httpx.request(method, location).status_code == 200


def test_cutouts_and_soda_read_the_public_image(archive: MadeArchive) -> None:
    search = _search(archive)
    key = archive.key(0, "j")
    with published_images(archive):
        around = f"center={CENTER[0]},{CENTER[1]}&size=1arcmin&gzip=0"
        assert search.get(f"/ibe/data/{key}?{around}").body.startswith(b"SIMPLE  =")
        assert search.get(f"/ibe/data/{key}?gzip=0").body == archive.plain[key]


def _search(archive: MadeArchive) -> HttpClient:
    dependencies = make_dependencies(archive=archive.objects, open_inventory=archive.open)
    return HttpClient(dependencies, *load_function("search").ROUTES)
