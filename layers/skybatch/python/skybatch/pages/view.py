"""The large view of one image: picture, scale, directions, cross-hair, stretch, and the way to the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from skybatch.batch.codes import RowStatus
from skybatch.batch.delivery.previews import (
    DEFAULT_LOOK,
    SIDES,
    STRETCHES,
    Look,
    no_picture,
    preview_name,
)
from skybatch.batch.plan import Task
from skybatch.batch.results.target_choice import TargetChoice
from skybatch.batch.results.targets import Picture, Target
from skybatch.errors import NotFound
from skybatch.fits.header import Header
from skybatch.pages.environment import render
from skybatch.plain_text import plain
from skybatch.presentation.formatting import size
from skybatch.presentation.gallery.picture_marks import PictureMarks, picture_marks
from skybatch.presentation.gallery.shown_targets import shown_target, target_title
from skybatch.presentation.outcomes import OUTCOMES
from skybatch.status import BatchStatus
from skybatch.surveys.known import band_label

LONGEST_SHOWN = 768
"""Pixels of the page along the longer side of a picture, at most."""


class Shown(NamedTuple):
    """What a view shows: a target, and the image of one of its bands, or all of them in colour for None."""

    target: Target
    picture: Picture | None

    @property
    def name(self) -> str:
        """The name by which its address and its preview are known: of its file, or of the colour picture."""
        return self.picture.task.file if self.picture else (self.target.colour or "").removesuffix(".png")

    @property
    def marked(self) -> Picture:
        """The image by whose place the picture is marked: of a colour picture the first that is here."""
        return self.picture or next(picture for picture in self.target.pictures if picture.is_here)


def view_page(
    status: BatchStatus,
    targets: Sequence[Target],
    file: str,
    choice: TargetChoice,
    look: Look,
    read_header: Callable[[Task], Header | None] = lambda _: None,
) -> str:
    """Render the large view of an image as HTML.

    Parameters
    ----------
    status
        Of the batch.
    targets
        All targets of the batch.
    file
        Name of the image's file, or of the colour picture.
    choice
        The page that the reader came from: next and previous follow its filters and order.
    look
        How the picture is drawn.
    read_header
        Gives the header of a delivered image, None where it cannot be read.

    Raises
    ------
    NotFound
        Where the batch has delivered no image of that name.
    """
    chosen = choice.chosen(targets)
    place = _find(chosen, file)
    if place is None:
        choice, chosen = TargetChoice(), list(targets)
        place = _find(chosen, file)
    if place is None:
        raise NotFound("This batch has no such image.")
    number, shown = place
    return render(
        "view.html",
        batch_title=plain(status.label or "Your images"),
        title=target_title(shown.target),
        band=_band(shown),
        download=f"images/{shown.name}" if shown.picture else "",
        bands=_bands(shown, choice, look),
        steps=_steps(chosen, number, shown, choice, look),
        place_in_list=f"{number + 1:,} of {len(chosen):,}",
        back=f"results{choice.query()}#gallery",
        hidden=choice.parameters(),
        **_picture_context(shown, look, read_header(shown.marked.task)),
    )


def _picture_context(shown: Shown, look: Look, header: Header | None) -> dict[str, Any]:
    """Return the picture with what is drawn over it, how it is drawn, and what is told of it."""
    marks = picture_marks(shown.target, shown.marked, LONGEST_SHOWN, header)
    side = next((each for each in SIDES if each >= max(marks.columns, marks.rows)), SIDES[-1])
    return {
        "marks": marks,
        "no_picture": _no_picture(shown, marks),
        "picture": f"previews/{preview_name(shown.name)}{_query(TargetChoice(), look, side=side)}",
        "look": look,
        "stretches": STRETCHES,
        "is_colour": shown.picture is None,
        "facts": _facts(shown, marks),
    }


def _no_picture(shown: Shown, marks: PictureMarks) -> str:
    """Say why there is no picture, as far as is known without drawing it."""
    too_large = no_picture(shown.picture.bytes) if shown.picture else ""
    return too_large or (f"No picture: {marks.refusal}." if marks.refusal else "")


def _find(targets: Sequence[Target], file: str) -> tuple[int, Shown] | None:
    for number, target in enumerate(targets):
        if target.colour == f"{file}.png":
            return number, Shown(target, None)
        for picture in target.pictures:
            if picture.task.file == file and picture.is_here:
                return number, Shown(target, picture)
    return None


def _query(choice: TargetChoice, look: Look, *, side: int | None = None) -> str:
    """Return the parameters of an address: what of the choice and of the look is not the default."""
    given = {
        name: f"{getattr(look, name):g}" if name != "stretch" else look.stretch
        for name in ("stretch", "black", "white")
        if getattr(look, name) != getattr(DEFAULT_LOOK, name)
    }
    if side is not None and side != DEFAULT_LOOK.side:
        given["side"] = str(side)
    of_choice = choice.query()
    return f"{of_choice}{'&' if of_choice else '?'}{urlencode(given)}" if given else of_choice


def _band(shown: Shown) -> str:
    if shown.picture is None:
        return "colour"
    return plain(band_label(shown.picture.task.band, shown.picture.task.dataset), 15)


def _bands(shown: Shown, choice: TargetChoice, look: Look) -> list[dict[str, Any]]:
    """Return the way to the target's other bands."""
    target = shown.target
    kinds = [Shown(target, picture) for picture in target.pictures if picture.is_here]
    if target.colour:
        kinds.append(Shown(target, None))
    query = _query(choice, look)
    return [
        {
            "label": _band(each),
            "address": f"{each.name}{query}",
            "here": each.name == shown.name,
        }
        for each in kinds
    ]


def _steps(
    targets: Sequence[Target], number: int, shown: Shown, choice: TargetChoice, look: Look
) -> dict[str, str]:
    """Return the addresses of the nearest targets before and after that have a picture; "" for none."""
    before = next((found for each in reversed(targets[:number]) if (found := _like(each, shown))), "")
    after = next((found for each in targets[number + 1 :] if (found := _like(each, shown))), "")
    query = _query(choice, look)
    return {"prev": before and f"{before}{query}", "next": after and f"{after}{query}"}


def _like(target: Target, shown: Shown) -> str:
    """Return the name of the target's image of the same band, else of any."""
    if shown.picture is None and target.colour:
        return target.colour.removesuffix(".png")
    here = [picture.task for picture in target.pictures if picture.is_here]
    band = shown.picture.task.band if shown.picture else ""
    return next((task.file for task in here if task.band == band), here[0].file if here else "")


def _facts(shown: Shown, marks: PictureMarks) -> list[tuple[str, str]]:
    told = shown_target(shown.target, TargetChoice())
    facts = [("Image set", f"{told['survey']} {told['image_set']}")]
    if told["ra"]:
        facts.insert(0, ("Position (ICRS)", f"{told['ra']} {told['dec']}"))
    facts.append(("Pixels", f"{marks.columns:,} × {marks.rows:,}, {marks.scale_words} each"))
    if shown.picture is not None:
        facts += [("File", shown.picture.task.file), ("Size", size(shown.picture.bytes))]
    if shown.target.is_cut:
        facts.append(("Edge", "the crop ends at the edge of the image"))
    if shown.target.outcome != RowStatus.RETRIEVED:
        facts.append(("Outcome", OUTCOMES[shown.target.outcome][0]))
    return facts
