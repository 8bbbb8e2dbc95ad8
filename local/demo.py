"""``python -m local.demo``: batches from request to verified result, on this machine.

Starts the whole service with the sample sky, sends a table of positions and a region through the public
HTTP interface, waits for the results, and has astropy judge them. Ends with 0 only if all is right.
Environment: ``PARAMS`` template parameters as in ``MaxBatchBytes=1000000``.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from local.allwise.tree import SURVEY as ALLWISE
from local.allwise.tree import sample_tiles
from local.deploy import DeployFailed
from local.emulator import EmulatorFailed
from local.mailbox import emails, wait_for_email
from local.serve import run_folder, say, stop_on_signals, template_parameters
from local.stack import PUBLIC, SURVEYS, Plan, Sky, Stack, running_stack
from local.synthetic.scans import ImageSet, image_sets
from local.verify import (
    Target,
    WrongResult,
    delivered_images,
    identity,
    images_containing,
    stored_sizes,
    verify_crop,
    verify_whole,
)

BATCH_SECONDS = 120.0
POLL_SECONDS = 0.3
RANDOM_TARGETS = 90
NOWHERE = Target(1.0, 1.0, 60.0)
NAMED_TARGETS = (
    Target(65.497627, 19.535070, 50),
    Target(314.30417, 77.595559, 120),
    Target(218.793021, -29.988167, 40),
    Target(218.889627, -23.928709, 40),
    Target(219.026042, -25.927643, 40),
    Target(346.236042, 12.322889, 300),
    Target(0.0, 20.0, 100),
    Target(180.0, 89.99, 90),
)
M83 = ("204.253958 -29.865417", 0.2)
DATASET = "asky"
WISE_TARGETS = 30


@dataclass(frozen=True)
class Result:
    """A finished batch: its status, and its images.tar if it has one."""

    status: dict[str, Any]
    archive: bytes
    seconds: float


def main() -> int:
    """Run the demonstration; 1 where anything is not as it should be."""
    stop_on_signals()
    folder = run_folder("demo")
    try:
        parameters = template_parameters(os.environ.get("PARAMS", ""))
        with running_stack(Plan(folder, parameters=parameters, sky=Sky(SURVEYS)), say=say) as stack:
            demonstrate(stack)
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except (OSError, ValueError, DeployFailed, EmulatorFailed, WrongResult, httpx.HTTPError) as error:
        print(f"the demonstration failed: {error}\nlogs: {folder}", file=sys.stderr)
        return 1
    return 0


def demonstrate(stack: Stack) -> None:
    """All batches; raises WrongResult or TimeoutError where one is not right."""
    say(f"the service is up at {stack.url}")
    targets = [*NAMED_TARGETS, *random_targets(RANDOM_TARGETS), NOWHERE]
    fields = {"mode": "positions", "label": "demo: crops", "email": "crops@example.org", "dataset": DATASET}
    crops = run_batch(stack, "crops", fields, table=position_table(targets))
    images = check_crops(crops, targets, DATASET, stack.archive)
    say(f"  astropy agrees: {images} crops of {len(targets)} positions, pixels, cards and coordinates")
    check_email_and_page(stack, "crops", fields["email"], crops)
    center, diameter = M83
    fields = {"mode": "region", "center": center, "diameter": str(diameter), "dataset": DATASET}
    fields |= {"relation": "overlap", "label": "demo: M83", "email": "region@example.org"}
    region = run_batch(stack, "region", fields)
    images = check_region(stack, region)
    say(f"  {images} whole images around M83 are the archive's, byte for byte")
    check_email_and_page(stack, "region", fields["email"], region)
    wise_crops(stack)
    say(f"all is right; results are kept in {stack.folder}")


def wise_crops(stack: Stack) -> None:
    """Crops of AllWISE, whose images lie in a public bucket, in all four bands."""
    if stack.images is None:
        return
    targets = [*NAMED_TARGETS[1:2], *wise_targets(WISE_TARGETS), NOWHERE]
    fields = {"mode": "positions", "label": "demo: AllWISE", "email": "wise@example.org", "survey": ALLWISE}
    crops = run_batch(stack, "wise", fields, table=position_table(targets))
    images = check_crops(crops, targets, ALLWISE, stack.images)
    say(f"  astropy agrees: {images} crops of {len(targets)} positions in W1-W4, read from {PUBLIC.bucket}")
    check_email_and_page(stack, "wise", fields["email"], crops)


def wise_targets(count: int) -> list[Target]:
    """Positions all over the tiles of AllWISE, crops of 20 to 200 arcsec, some of them cut by an edge."""
    rng = np.random.default_rng(2013)
    tiles = [sample_tiles(few=False)[int(rng.integers(4))] for _ in range(count)]
    return [_target_around(tile.ra, tile.dec, (0.19, 0.19), 200, rng) for tile in tiles]


def random_targets(count: int) -> list[Target]:
    """Positions all over the sample's images, crops of 20 to 300 arcsec, some of them cut by an edge."""
    rng = np.random.default_rng(2001)
    sets = [images for images in image_sets(few=False) if images.scan.dataset == DATASET]
    return [_target_in(sets[int(rng.integers(len(sets)))], rng) for _ in range(count)]


def _target_in(images: ImageSet, rng: np.random.Generator) -> Target:
    """Away from the centre by up to the image's half width and height."""
    return _target_around(images.crval1, images.crval2, (0.07, 0.14), 300, rng)


def _target_around(
    ra: float, dec: float, reach: tuple[float, float], largest: int, rng: np.random.Generator
) -> Target:
    """Away from a position by up to ``reach`` degrees, with a crop of up to ``largest`` arcsec."""
    east, north = rng.uniform(-reach[0], reach[0]), rng.uniform(-reach[1], reach[1])
    dec = float(np.clip(dec + north, -89.99, 89.99))
    ra = float((ra + east / np.cos(np.radians(dec))) % 360.0)
    return Target(round(ra, 6), round(dec, 6), float(rng.integers(20, largest + 1)))


def position_table(targets: list[Target]) -> str:
    """Format the targets as an IPAC table, as a user would upload it."""
    lines = [("ra", "dec", "size"), ("double", "double", "double"), ("deg", "deg", "arcsec")]
    head = "".join(f"|{ra:>11}|{dec:>11}|{size:>6}|\n" for ra, dec, size in lines)
    return head + "".join(f" {t.ra:11.6f} {t.dec:11.6f} {t.size:6.1f} \n" for t in targets)


def run_batch(stack: Stack, name: str, fields: dict[str, str], table: str | None = None) -> Result:
    """Submit (a table as the web form does), follow the progress, keep the archive in the run's folder."""
    began = time.monotonic()
    with httpx.Client(base_url=stack.url, timeout=60, follow_redirects=True) as http:
        if table is None:
            answer = http.post("/batches", json=fields)
        else:
            answer = http.post("/batches", data=fields, files={"table": (f"{name}.tbl", table)})
        if answer.status_code != 202:
            raise WrongResult(f"POST /batches answered {answer.status_code}: {answer.text}")
        status = follow(http, answer.json()["status_url"], name)
        body = b""
        for file in status["files"]:
            if file["name"] == "images.tar":
                body = http.get(file["url"]).raise_for_status().content
                (stack.folder / f"{name}-images.tar").write_bytes(body)
    seconds = time.monotonic() - began
    say(f"  {name}: {len(body) / 1e6:.2f} MB archive after {seconds:.1f} s")
    return Result(status, body, seconds)


def follow(http: httpx.Client, status_url: str, name: str) -> dict[str, Any]:
    """Show a batch's progress until it is complete. WrongResult if it fails, TimeoutError if it hangs."""
    deadline, shown = time.monotonic() + BATCH_SECONDS, ""
    while time.monotonic() < deadline:
        status: dict[str, Any] = http.get(status_url).raise_for_status().json()
        progress = status["progress"]
        line = f"{name}: {status['state']}, {progress['done']} of {progress['tasks']} images"
        shown = show_progress(line, shown)
        if status["state"] == "complete":
            return status
        if status["state"] in ("failed", "cancelled"):
            raise WrongResult(f"batch {name} {status['state']}: {status['reason']}")
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"batch {name} is not complete after {BATCH_SECONDS:g} s")


def show_progress(line: str, shown: str) -> str:
    """One line for each change."""
    if line != shown:
        say(line)
    return line


def check_crops(result: Result, targets: list[Target], dataset: str, tree: Path) -> int:
    """Each crop, and that there are exactly those that astropy's geometry asks for; how many.

    ``tree`` has the images of the data set.
    """
    images = delivered_images(result.archive)
    for image in sorted(images, key=lambda image: identity(image.row)):  # each parent is read once
        verify_crop(image, tree, targets[int(image.row["scntr"]) - 1])
    came = Counter((int(image.row["scntr"]), identity(image.row)) for image in images)
    held = images_containing(tree, dataset, targets)
    wanted = Counter((row, stem) for row, stems in enumerate(held, 1) for stem in stems)
    check_counts(result.status, came, wanted)
    rows = result.status["rows"]
    if rows["not_covered"] != sum(not stems for stems in held) or rows["total"] != len(targets):
        raise WrongResult(f"the rows do not add up: {rows}")
    return len(images)


def check_counts(status: dict[str, Any], came: Counter[Any], wanted: Counter[Any]) -> None:
    """Require the delivered images to be the expected ones, but for those reported as over the limit."""
    counts = status["images"]
    surplus, missing = came - wanted, wanted - came
    if surplus or counts["failed"] or missing.total() != counts["over_limit"]:
        raise WrongResult(f"{len(surplus)} images too many, {len(missing)} missing; the batch says {counts}")
    if counts["retrieved"] != came.total() or status["bytes"] > status["limit_bytes"]:
        raise WrongResult(f"the batch's sums are not those of its files: {counts}")


def check_region(stack: Stack, result: Result) -> int:
    """Each whole image, and that no image is missing of those that a part of the region lies on; how many."""
    images = delivered_images(result.archive) if result.archive else []
    for image in images:
        verify_whole(image, stack.archive)
    came = {identity(image.row) for image in images}
    overlapping = set().union(*images_containing(stack.archive, DATASET, points_in_region()))
    sizes, limit, counts = (
        stored_sizes(stack.archive, DATASET),
        result.status["limit_bytes"],
        result.status["images"],
    )
    # One image larger than a whole batch may be is a failure that no further batch can mend.
    too_large = {stem for stem in overlapping if sizes[stem] > limit}
    missing = overlapping - came - too_large
    if len(missing) > counts["over_limit"] or bool(too_large) != bool(counts["failed"]) or not overlapping:
        raise WrongResult(f"{len(missing)} images of the region are missing; the batch says {counts}")
    return len(images)


def points_in_region() -> list[Target]:
    """Points on a grid of 20 arcsec inside the demonstration's region."""
    ra, dec = (float(word) for word in M83[0].split())
    steps = np.arange(-M83[1] / 2, M83[1] / 2, 20 / 3600)
    east, north = (axis.ravel() for axis in np.meshgrid(steps, steps))
    inside = np.hypot(east, north) < 0.999 * M83[1] / 2
    east, north = east[inside] / np.cos(np.radians(dec)), north[inside]
    return [Target(ra + float(e), dec + float(n), 1) for e, n in zip(east, north, strict=True)]


def check_email_and_page(stack: Stack, name: str, address: str, result: Result) -> None:
    """Require one email with a link to the page, and the page to answer; keep both."""
    page = f"{stack.url}/batches/{result.status['batch_id']}/results"
    email = wait_for_email(stack.emulator.url, address)
    if sum(address in other.to for other in emails(stack.emulator.url)) != 1:
        raise WrongResult(f"more than one email went to {address}")
    if page not in email.text or page not in email.html:
        raise WrongResult(f"the email does not link to {page}")
    html = httpx.get(page, timeout=30).raise_for_status().text
    kept: Path = stack.folder / f"{name}-results.html"
    kept.write_text(html)
    say(f"  email: {email.subject!r} (kept in {stack.folder / 'mail'})\n  page: {page} (kept as {kept})")


if __name__ == "__main__":
    sys.exit(main())
