"""Sheets: small crops and previews of one stored image kept together, a help that nothing depends on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.execution import crop_packs
from skybatch.batch.plan import load_plan
from skybatch.batch.results.packager import package
from skybatch.batch.store import BatchStore
from skybatch.presentation.readme import readme_text
from tests.support.batches.batch_fakes import BATCH_ID
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.sample_archive import MadeArchive

# Ten crops of one image set, of which one is larger than packs keep; and one of a set of its own.
TABLE = "ra,dec,size,best\n" + "180,20,50,y\n" * 9 + "180,20,400,y\n" + "10,-89.9,50,y\n"


@pytest.fixture
def store() -> BatchStore:
    return BatchStore(MemoryStore(), BATCH_ID)


def keep(store: BatchStore, name: str, parts: Mapping[str, bytes]) -> None:
    asyncio.run(crop_packs.write_pack(store, name, parts))


def emptied(store: BatchStore, folder: str) -> list[str]:
    """Remove all that lies in a folder; its names."""
    names = [stored.name for stored in store.list(folder)]
    for name in names:
        obstore.delete(store.objects, store.path(f"{folder}/{name}"))
    return names


def test_packaging_takes_small_crops_from_packs_and_does_without_them() -> None:
    archive = MadeArchive()
    service = Service(archive)
    accepted = service.submit(mode="positions", table=TABLE, bands="J")
    service.run(accepted)
    store = service.store(accepted.record.batch_id)
    tar = service.file(accepted, "images.tar")
    large, alone = list(images_of(tar))[-2:]
    kept = {name: store.read(keys.image(name)) for name in (large, alone)}
    plan = load_plan(store)
    assert plan is not None

    images = emptied(store, keys.IMAGES)  # outcomes are final: packaging reads nothing but files
    assert len(images) == 11
    with pytest.raises(FileNotFoundError):
        package(store, plan, archive.open, readme_text, 1100.0)
    for name, body in kept.items():
        store.write(keys.image(name), body or b"")
    package(store, plan, archive.open, readme_text, 1100.0)
    assert service.file(accepted, "images.tar") == tar

    for name, body in images_of(tar).items():
        store.write(keys.image(name), body)
    assert len(emptied(store, keys.CROP_PACKS)) == 2
    package(store, plan, archive.open, readme_text, 1100.0)
    assert service.file(accepted, "images.tar") == tar


def test_a_part_is_found_wherever_it_stands(store: BatchStore) -> None:
    parts = {f"{n}.fits": bytes([n]) * 30_000 for n in range(5)}
    keep(store, "night/0", parts)
    keep(store, "night/5", {"5.fits": b"of another message"})
    for name, body in (parts | {"5.fits": b"of another message"}).items():
        assert crop_packs.read_member(store, "night", name) == body
    assert crop_packs.read_member(store, "night", "6.fits") is None
    assert crop_packs.read_member(store, "another", "0.fits") is None


def test_a_part_of_another_size_than_was_settled_stays_where_it_is(store: BatchStore) -> None:
    keep(store, "night/0", {"a.fits.png": b"picture", "a.fits": b"crop", "b.fits": b"other", "c.fits": b""})
    found = crop_packs.read_packed_crops(store, {"a.fits": 4, "b.fits": 4, "d.fits": 4})
    assert {name: bytes(body) for name, body in found.items()} == {"a.fits": b"crop"}


def test_no_more_packs_are_held_than_fit(store: BatchStore) -> None:
    for n in range(4):
        keep(store, f"night/{n}", {f"{n}.fits": bytes(1000)})
    sizes = {f"{n}.fits": 1000 for n in range(4)}
    assert set(crop_packs.read_packed_crops(store, sizes, max_bytes=2500)) == {"0.fits", "1.fits"}
    assert crop_packs.read_packed_crops(store, sizes, max_bytes=0) == {}
    assert set(crop_packs.read_packed_crops(store, sizes)) == set(sizes)
