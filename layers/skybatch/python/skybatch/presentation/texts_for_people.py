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
from skybatch.presentation.sky_sketch.scene import Scene
from skybatch.presentation.sky_sketch.scene_of_plan import final_scene

README, SKETCH, REGIONS = "README.txt", "sky.svg", "sky.reg"


def texts_for_people(results: BatchResults, open_inventory: OpenInventory) -> Iterator[GeneratedFile]:
    """Make them; sketch and regions only where anything of the batch has a place on the sky."""
    yield GeneratedFile(README, readme_text(results).encode(), TEXT)
    scene = final_scene(results.request, results.plan, results.outcomes)
    if not scene.is_empty:
        yield GeneratedFile(SKETCH, _sketch(scene, results.plan.versions, open_inventory), MEDIA_TYPE)
        yield GeneratedFile(REGIONS, region_file(scene), TEXT)


def _sketch(scene: Scene, versions: dict[str, str], open_inventory: OpenInventory) -> bytes:
    return sketch(scene, coverages(scene, versions, open_inventory))
