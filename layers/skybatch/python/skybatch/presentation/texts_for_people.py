"""The files of a finished batch that are written for people: README, sketch of the sky, regions for ds9."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.results.batch_results import BatchResults
from skybatch.batch.results.companion_files import TEXT
from skybatch.batch.results.generated_file import GeneratedFile
from skybatch.presentation.readme import readme_text
from skybatch.presentation.region_file import region_file
from skybatch.presentation.sky_sketch.coverage import coverages
from skybatch.presentation.sky_sketch.drawing import MEDIA_TYPE, sketch
from skybatch.presentation.sky_sketch.outside import has_outsiders
from skybatch.presentation.sky_sketch.scene_of_plan import final_scene

README, SKETCH, ALL_SKY, REGIONS = "README.txt", "sky.svg", "sky-all.svg", "sky.reg"


def texts_for_people(results: BatchResults, open_inventory: OpenInventory) -> Iterator[GeneratedFile]:
    """Make them; sketch and regions only where anything of the batch has a place on the sky.

    A map of the whole sky is beside the sketch of a field that leaves rows far away out.
    """
    scene = final_scene(results.request, results.plan, results.outcomes)
    is_whole = (False, True) if has_outsiders(scene) else (False,)
    yield GeneratedFile(README, readme_text(results, has_all_sky=is_whole[-1]).encode(), TEXT)
    if not scene.is_empty:
        for whole in is_whole:
            behind = coverages(scene, results.plan.versions, open_inventory, whole=whole)
            name = ALL_SKY if whole else SKETCH
            yield GeneratedFile(name, sketch(scene, behind, whole=whole), MEDIA_TYPE)
        yield GeneratedFile(REGIONS, region_file(scene), TEXT)
