"""Image sets of images: columns under the survey's own names, one grid a set."""

from __future__ import annotations

from dataclasses import replace

from skybatch.archive.described.headers import ReadImage, read_image
from skybatch.archive.described.listing import list_files
from skybatch.archive.described.sets import assemble
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import register
from tests.support.survey.described.first_tree import FIELDS


def images(tree: DirectoryTree, survey: Survey) -> list[ReadImage]:
    register(survey)
    found = [read_image(tree, *item, survey) for item in list_files(tree, survey, "first").images]
    return [image for image in found if isinstance(image, ReadImage)]


def test_sets_have_the_survey_s_columns(tree: DirectoryTree, survey: Survey) -> None:
    sets, problems = assemble(survey, "first", images(tree, survey))
    assert problems == []
    assert sets.fields_of(1) == {"field": list(FIELDS)[1]}
    assert sets.bytes["l"].tolist() == [image.bytes for image in images(tree, survey)]
    assert set(sets.suffix["l"]) == {".fits"}
    assert sets.take([2, 0]).fields_of(0) == {"field": list(FIELDS)[2]}  # type: ignore[arg-type]


def test_an_image_of_another_grid_than_its_set_is_named(tree: DirectoryTree, survey: Survey) -> None:
    first = images(tree, survey)[0]
    moved = replace(first, path="elsewhere.fits", wcs=first.wcs._replace(crval1=first.wcs.crval1 + 1.0))
    sets, problems = assemble(survey, "first", [first, moved])
    assert (len(sets), [problem.place for problem in problems]) == (1, ["elsewhere.fits"])
