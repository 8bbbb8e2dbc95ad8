"""Made exposures of NEOWISE: an inventory of them finds what astropy finds, band by band."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.coordinates import FK5, SkyCoord

from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.catalogue import packaged_description, packaged_survey
from tests.support.survey.descriptions import known_survey
from tests.support.survey.shipped.many_frames import SIDE, astropys, many_frames

COUNT = 300


def test_positions_near_the_edges_are_in_the_images_that_astropy_says(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    with known_survey(packaged_survey("neowise")):
        sets = many_frames(COUNT)
        publish(tree, sets, numbered=False, origin="synthetic", description=packaged_description("neowise"))
        inventory = Inventory.open(tree, "neowise")
        assert inventory.size == 2 * COUNT
        rng = np.random.default_rng(3)
        rows = rng.integers(0, len(sets), 60)
        x, y = rng.choice([0.3, 0.7, SIDE + 0.3, SIDE + 0.7], 60), rng.uniform(1, SIDE, 60)
        places = [astropys(sets, row).all_pix2world(x[n], y[n], 1) for n, row in enumerate(rows.tolist())]
        sky = SkyCoord(places, unit="deg", frame=FK5(equinox="J2000")).icrs
        found = inventory.positions(sky.ra.deg, sky.dec.deg)
        details = inventory.details(found.set_index)
        identity = {
            (int(row), details.scan_id[i], int(details.frame_num[i]), int(details.own_band[i]))  # type: ignore[attr-defined,index]
            for i, row in enumerate(found.row)
        }
    for n, row in enumerate(rows.tolist()):
        inside = 0.5 <= x[n] <= SIDE + 0.5
        image = (n, sets.scan_id[row], int(sets.frame_num[row]), int(sets.own_band[row]))  # type: ignore[attr-defined,index]
        assert (image in identity) == inside
