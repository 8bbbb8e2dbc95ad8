"""Stored images by the addresses that clients of the archive construct."""

from __future__ import annotations

import obstore
import pytest

from skybatch.errors import MalformedRequest, NotFound, SourceDiffers
from skybatch.fits.pixel_box import PixelBox
from skybatch.vo.ibe import stored_images
from skybatch.vo.parameters import Parameters
from tests.support.survey.sample_archive import MadeArchive


@pytest.fixture(scope="module")
def made() -> MadeArchive:
    """An archive of its own: a test changes what it stores."""
    return MadeArchive()


def test_an_image_stored_under_another_name_is_found(made: MadeArchive) -> None:
    key = made.key(0, "h")
    plain_key = key.removesuffix(".gz")
    parts = {"dh": "990101n", "scan": "1", "name": "hi0010009.fits"}
    assert stored_images.key_of_image(Parameters.of(parts), made.objects) == key
    stored = obstore.get(made.objects, key).bytes()
    obstore.delete(made.objects, key)
    obstore.put(made.objects, plain_key, made.plain[key])
    try:
        assert stored_images.key_of_image(Parameters.of(parts), made.objects) == plain_key
        assert stored_images.plain_image(made.objects, plain_key) == made.plain[key]
    finally:
        obstore.delete(made.objects, plain_key)
        obstore.put(made.objects, key, stored)


PARTS = {"dh": "990101n", "scan": "1", "name": "hi0010009.fits"}


def test_the_mission_has_two_names() -> None:
    assert stored_images.archive_path("2MASS/allsky/x") == "twomass/allsky/x"
    assert stored_images.archive_path("twomass/allsky") == "twomass/allsky"
    assert stored_images.archive_path("wise") == "wise"


@pytest.mark.parametrize(
    "changes",
    [
        {"dh": ""},
        {"scan": ""},
        {"name": ""},
        {"ds": "nope"},
        {"type": "raw"},
        {"type": "at", "name": "hi0010009_ql.fits"},
    ],
)
def test_a_parameter_that_is_missing_or_unknown_is_refused(
    made: MadeArchive, changes: dict[str, str]
) -> None:
    with pytest.raises(MalformedRequest):
        stored_images.key_of_image(Parameters.of(PARTS | changes), made.objects)


@pytest.mark.parametrize(
    "changes",
    [{"name": "hi0010009_ql.fits"}, {"scan": "98"}, {"name": "hi0010010.fits"}, {"type": "ql"}, {"ds": "sx"}],
)
def test_an_image_that_is_not_there_is_not_found(made: MadeArchive, changes: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        stored_images.key_of_image(Parameters.of(PARTS | changes), made.objects)


def test_only_stored_images_get_an_address(made: MadeArchive) -> None:
    for key in (made.key(0, "h").replace("990101n", "990102n"), "twomass/readme.txt"):
        with pytest.raises(NotFound):
            stored_images.presigned_url(made.objects, key, "GET")


def test_a_whole_image_of_another_place_than_the_inventorys_differs(made: MadeArchive) -> None:
    inventory, key = made.open("asky", None), made.key(0, "k")
    assert stored_images.plain_image(made.objects, key, inventory) == made.plain[key]
    stored = obstore.get(made.objects, key).bytes()
    obstore.put(made.objects, key, obstore.get(made.objects, made.key(2, "k")).bytes())
    try:
        with pytest.raises(SourceDiffers):
            stored_images.plain_image(made.objects, key, inventory)
        with pytest.raises(SourceDiffers):
            stored_images.cut_box(made.objects, key, PixelBox(1, 2, 3, 4), inventory)
    finally:
        obstore.put(made.objects, key, stored)


@pytest.mark.parametrize("changes", [{"type": "ql"}, {"name": "hi0010009_ql.fits"}])
def test_a_quicklook_is_named_by_its_type_or_its_suffix(made: MadeArchive, changes: dict[str, str]) -> None:
    key = made.key(0, "h").replace("/image/", "/quicklook/").replace(".fits.gz", ".fits.H")
    obstore.put(made.objects, key, b"stored")
    try:
        assert stored_images.key_of_image(Parameters.of(PARTS | changes), made.objects) == key
    finally:
        obstore.delete(made.objects, key)
