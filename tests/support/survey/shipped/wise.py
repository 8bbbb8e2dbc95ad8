"""Made frames of WISE in the layout of the public bucket, with companions and what is ignored beside them."""

from __future__ import annotations

from pathlib import Path

from skybatch.storage.directory_tree import DirectoryTree
from tests.support.images.fits_files import gzipped
from tests.support.survey.wise_frames import GENUINE, Frame

# By survey: what the bucket's keys begin with, the bands, a scan; and the title of its images.
PHASES = {
    "wise-allsky": ("wise/allsky/images/4band_p1bm_frm/", 4, "WISE All-Sky"),
    "wise-cryo-3band": ("wise/cryo-3band/images/3band_p1bm_frm/", 3, "WISE 3-Band Cryo"),
    "wise-postcryo": ("wise/postcryo/images/2band_p1bm_frm/", 2, "WISE Post-Cryo"),
    "wise-prelim": ("wise/prelim/images/p1bm_frm/", 4, "WISE Preliminary"),
    "wise-prelim-postcryo": ("wise/prelim-postcryo/images/p1bm_frm/", 2, "WISE Preliminary Post-Cryo"),
    "neowise": ("wise/neowiser/images/p1bm_frm/", 2, "NEOWISE-R"),
}
FRAME = Frame("01772a", 127, 228.5, -18.613, turn=164.4)
# Times fewer and larger pixels than genuine frames have.
SHRINK = 16


def bands_of(survey: str) -> tuple[str, ...]:
    """The bands of a phase."""
    return FRAME.bands[: PHASES[survey][1]]


def key(survey: str, band: str, product: str = "int", ending: str = "fits") -> str:
    """The key of a file of the frame in the bucket."""
    below = FRAME.key(band, ending).partition("4band_p1bm_frm/")[2]
    return PHASES[survey][0] + below.replace("-int-", f"-{product}-")


def make_frame(root: Path, survey: str, shrink: int = SHRINK) -> None:
    """Write the frame in all bands of a phase."""
    tree = DirectoryTree(root)
    for band in bands_of(survey):
        image = FRAME.image(band, shrink)
        tree.write(key(survey, band), image)
        for product in ("unc", "msk"):
            tree.write(key(survey, band, product, "fits.gz"), gzipped(image))
        tree.write(f"{key(survey, band)}.md5", b"0")


def replace_by_genuine(root: Path) -> None:
    """Put the genuine W3 in the place of the made one of the All-Sky release."""
    (root / key("wise-allsky", "w3")).unlink()
    DirectoryTree(root).write(key("wise-allsky", "w3", ending="fits.gz"), GENUINE.read_bytes())
