"""Tables of the service posted back: the same images, in the other fields of the request they came from."""

from __future__ import annotations

from skybatch.batch.codes import Remainder
from skybatch.batch.record import load_request
from skybatch.batch.submission.resubmission import request_from_table
from skybatch.requests.model import Mode
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive

TABLE = "ra,dec,size,id\n180,20,60,a\n180.01,20.02,60,b\n"


def test_a_posted_table_asks_for_the_images_it_lists(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=100_000)
    accepted = service.submit(mode="positions", table=TABLE, label="A", image_type="atlas", form="fits")
    left = service.run(accepted).unretrieved
    assert left is not None
    table = service.file(accepted, f"{Remainder.UNRETRIEVED}.tbl")
    parent = load_request(service.store(accepted.record.batch_id))
    request = request_from_table(table, parent)
    assert (request.mode, request.from_service, request.label) == (Mode.COADD_KEYS, True, "A")
    assert sum(len(row.bands) for row in request.rows) == left.images
    assert {row.id for row in request.rows} <= {"a", "b"}
    assert all(row.position is not None and row.size == 60 for row in request.rows)
