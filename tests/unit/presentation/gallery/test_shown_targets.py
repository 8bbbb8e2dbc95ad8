"""What gallery and table show of targets."""

from __future__ import annotations

from skybatch.batch.results.target_choice import SORTS, TargetChoice
from skybatch.batch.results.targets import load_targets
from skybatch.presentation.gallery.shown_targets import (
    colour_sentence,
    gallery_context,
    picture_size,
    shown_target,
    target_title,
)
from tests.support.batches.batch_samples import targets
from tests.support.batches.in_process_service import Service
from tests.support.survey.two_surveys import BOTH, two_surveys

TARGETS = targets(95)


def test_bands_stand_in_the_surveys_order_with_size_edge_and_failure() -> None:
    shown = shown_target(TARGETS[29], TargetChoice())
    assert [picture["band"] for picture in shown["pictures"]] == ["J", "H", "Ks"]
    assert [picture["here"] for picture in shown["pictures"]] == [True, True, False]
    assert shown["pictures"][2]["outcome"] == "Failed"
    assert shown["is_cut"]
    assert shown["image_set"] == "001114n0460033"
    assert shown["colour"] is None
    assert shown_target(TARGETS[0], TargetChoice())["colour"]["preview"].endswith("_jhk0460033.fits.png")


def test_the_large_view_keeps_the_choice() -> None:
    choice = TargetChoice(edge="cut", view="table")
    assert shown_target(TARGETS[9], choice)["view"].endswith("_j0460033.fits?edge=cut")


def test_pictures_have_the_shape_of_their_images() -> None:
    assert picture_size(TARGETS[0].pictures[0]) == (50, 50)
    assert picture_size(TARGETS[9].pictures[0]) == (50, 30)


def test_only_what_occurs_can_be_chosen() -> None:
    options = gallery_context(TARGETS, TargetChoice())["options"]
    assert [value for value, _ in options["outcome"]] == ["", "retrieved", "partial"]
    assert options["band"] == [("", "all"), ("j", "J"), ("h", "H"), ("k", "Ks")]
    assert gallery_context(TARGETS[:5], TargetChoice())["options"]["edge"] == (("", "any"),)


def test_the_order_of_the_page_is_among_the_orders_that_can_be_chosen() -> None:
    for sort in SORTS:
        options = gallery_context(TARGETS, TargetChoice(sort=sort))["options"]["sort"]
        assert [value for value, _ in options].count(sort) == 1


def test_it_says_which_are_shown() -> None:
    assert gallery_context(TARGETS, TargetChoice(page=2))["shown_sentence"] == "25 to 48 of 95 targets."
    chosen = gallery_context(TARGETS, TargetChoice(outcome="partial"))["shown_sentence"]
    assert chosen == "3 targets chosen from 95."
    assert "None" in gallery_context(TARGETS, TargetChoice(find="nobody"))["shown_sentence"]


def test_a_target_is_called_by_its_row_and_id() -> None:
    assert target_title(TARGETS[11]) == "Row 12 · t12"


def test_it_says_what_colours_are() -> None:
    assert colour_sentence(TARGETS[:1]) == "Colour is J, H and Ks as blue, green and red."
    assert colour_sentence([TARGETS[29]]) == ""
    with two_surveys() as archive:
        service = Service(archive)
        accepted = service.submit(
            mode="positions", table="ra,dec,size\n180,20,60\n", survey=BOTH, best="true"
        )
        service.run(accepted)
        found = load_targets(service.store(accepted.record.batch_id))
        sentence = colour_sentence(found)
    assert sentence == "Colour is J, H and Ks of 2MASS; W1, W2 and W3 of WIDE as blue, green and red."
