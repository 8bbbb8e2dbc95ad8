"""A batch in which everything happens that can happen to an image or a row, run in one process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import obstore

from skybatch.batch.name_answers import NameAnswers, save_name_answers
from skybatch.batch.outcomes import load_outcomes
from skybatch.batch.submission.submit import AcceptedBatch
from skybatch.names.model import LookupStatus, NameResult, ServiceResponse
from skybatch.status import BatchStatus
from skybatch.surveys.twomass.bands import BANDS
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive

UNKNOWN_NAME = "Nowhere 17"
# Id, place and size of each row; the places are those of the image sets of `eventful_archive`.
ROWS = (
    ("whole", "180.0 20.0", None),
    ("crop", "180.0 20.0", 30),
    ("edge", "180.0 20.141", 60),
    ("again", "180.0 20.0", 30),
    ("only J", "185.0 20.0", 30),
    ("none", "187.0 20.0", 30),
    ("off", "50.0 50.0", 30),
    ("nobody", UNKNOWN_NAME, 30),
    ("=broken", "190.0 20.0", 30),
    ("part", "180.0 20.0", None),
    ("behind", "180.0 20.0", None),
)
# What becomes of them: by outcome of rows and of images, and by kind of failure.
ROW_OUTCOMES = {
    "total": 11,
    "retrieved": 5,
    "partial": 1,
    "over_limit": 1,
    "failed": 1,
    "not_covered": 2,
    "unresolved": 1,
    "duplicate": 0,
    "cancelled": 0,
}
IMAGE_OUTCOMES = {"retrieved": 15, "over_limit": 4, "failed": 3, "cancelled": 0}
CROPS, CUT_AT_EDGE = 10, 3
ABSENT_IMAGES = 5
FAILURES = {"source_missing": 1, "source_damaged": 1, "source_unsupported": 1}


@dataclass(frozen=True)
class EventfulBatch:
    """The batch, its service and its final status."""

    service: Service
    accepted: AcceptedBatch
    status: BatchStatus

    @property
    def batch_id(self) -> str:
        """The id of the batch."""
        return self.status.batch_id


def table() -> str:
    """The table of positions, as CSV."""
    lines = [f"{row_id},{place},{size or ''}" for row_id, place, size in ROWS]
    return "\n".join(["id,locstr,size", *lines, ""])


def eventful_archive() -> MadeArchive:
    """Four image sets far apart: one held whole, one in J alone, one not at all, a broken one."""
    archive = MadeArchive(centres=[(180.0, 20.0), (185.0, 20.0), (187.0, 20.0), (190.0, 20.0)])
    sizes = {
        band: np.array(
            [len(bytes(obstore.get(archive.objects, archive.key(n, band)).bytes())) for n in range(4)]
        )
        for band in BANDS
    }
    sizes["h"][1] = sizes["k"][1] = 0
    for band in BANDS:
        sizes[band][2] = 0
    archive.publish(sizes)
    obstore.delete(archive.objects, archive.key(3, "j"))
    obstore.put(archive.objects, archive.key(3, "h"), b"\x1f\x8b\x08\0" + bytes(4000))
    obstore.put(archive.objects, archive.key(3, "k"), _cube(archive.plain[archive.key(3, "k")]))
    return archive


def _cube(plain: bytes) -> bytes:
    """Say that an image has a third axis, of two planes; blank cards behind the header's end make room."""
    three = plain.replace(b"NAXIS   =                    2", b"NAXIS   =                    3", 1)
    place, end = three.index(b"NAXIS2  ") + 80, three.index(b"END     ") + 80
    third = b"NAXIS3  =                    2".ljust(80)
    return three[:place] + third + three[place:end] + three[end + 80 :]


def run_eventful_batch(archive: MadeArchive, edge: str, limit: int = 10**9) -> EventfulBatch:
    """Run the batch under a limit in bytes."""
    service = Service(archive, max_batch_bytes=limit)
    accepted = service.submit(mode="positions", table=table(), edge=edge, label="Everything at once")
    responses = (ServiceResponse("NED", LookupStatus.UNKNOWN, "no object of that name"),)
    unknown = NameResult(UNKNOWN_NAME, responses)
    store = service.store(accepted.record.batch_id)
    save_name_answers(store, NameAnswers({UNKNOWN_NAME: unknown}, 1000.0, 1, is_final=True))
    return EventfulBatch(service, accepted, service.run(accepted))


def eventful_batch(edge: str = "clip") -> EventfulBatch:
    """The batch under a limit that the last row lies beyond, and one image of the row before it."""
    archive = eventful_archive()
    whole = run_eventful_batch(archive, edge)
    outcomes = load_outcomes(whole.service.store(whole.batch_id)) or []
    sizes = [outcome.bytes for outcome in outcomes if outcome.bytes]
    return run_eventful_batch(archive, edge, sum(sizes[: -IMAGE_OUTCOMES["over_limit"]]))
