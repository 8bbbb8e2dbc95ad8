"""The tables of a finished batch: in every format, with links that lead somewhere."""

from __future__ import annotations

from html.parser import HTMLParser

from skybatch.batch.results.tables import TABLE_FORMATS
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.sample_archive import POSITIONS_WITH_BEST, MadeArchive


class Links(HTMLParser):
    """The links before the table, and those of each row of it."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.before: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "a":
            (self.rows[-1] if self.rows else self.before).append(dict(attrs)["href"] or "")


def test_html_tables_link_each_image_and_its_preview(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=3_000_000)
    accepted = service.submit(mode="positions", table=POSITIONS_WITH_BEST)
    status = service.run(accepted)
    images = images_of(service.file(accepted, "images.tar"))
    url = accepted.record.url
    rows = Links(service.file(accepted, "images.html")).rows[1:]
    assert rows == [[url(f"images/{file}"), url(f"previews/{file}.png")] for file in sorted(images)]
    left = Links(service.file(accepted, "unretrieved.html")).rows[1:]
    assert len(left) == status.left_over > 0
    assert all(len(row) == 1 and "/ibe/data/" in row[0] for row in left)  # what did not come has no picture
    for table in ("images", "unretrieved", "rows"):
        assert Links(service.file(accepted, f"{table}.html")).before == [url("results")]
        assert {f"{table}.{fmt}" for fmt in TABLE_FORMATS} <= {file.name for file in status.files}
