"""Downloads of a batch: by its archive, resumed, every file verified, the rest one by one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from astropy.table import Table

from skybatch import errors
from skybatch.client import BatchFailed, Client, StillRunning, TransferFailed, Unreachable
from skybatch.client.directory import ResumeState
from tests.support.servers.fake_server import FakeServer, Handler
from tests.support.servers.fake_server_faults import cut_after, refuse, reset, times
from tests.support.servers.made_batches import BATCH_ID, NEXT_ID, MadeBatch
from tests.unit.client.conftest import IMAGES


def on_disk(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "images").iterdir()}


def test_all_files_come_by_the_archive(server: FakeServer, client: Client, tmp_path: Path) -> None:
    result = client.download(BATCH_ID, tmp_path)
    assert on_disk(tmp_path) == IMAGES
    assert [path.name for path in result.images] == list(IMAGES)
    assert (tmp_path / "rows.csv").read_bytes() == b"row\n1\n"
    assert server.asked(f"/batches/{BATCH_ID}/images/") == []
    assert len(server.seen) < 10


def test_downloaded_again_nothing_is_transferred(server: FakeServer, client: Client, tmp_path: Path) -> None:
    client.download(BATCH_ID, tmp_path)
    server.seen.clear()
    client.download(BATCH_ID, tmp_path)
    assert server.paths() == [f"/batches/{BATCH_ID}"]


def test_an_interrupted_archive_continues_after_its_last_complete_image(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    archive = server.batches[BATCH_ID].files["images.tar"]
    stop = archive.index(list(IMAGES)[20].encode())

    def die(handler: Handler) -> bool:
        if not handler.path.endswith("images.tar") or "signed" not in handler.path:
            return False
        cut_after(stop)(handler) if handler.headers["Range"].startswith("bytes=0-") else reset(handler)
        return True

    server.faults = [die]
    with pytest.raises(Unreachable):
        client.download(BATCH_ID, tmp_path)
    server.faults = []
    # The segment that broke was not handed on, so nothing of this small archive was unpacked yet ...
    assert ResumeState.load(tmp_path).batch_id == BATCH_ID
    # ... but a state as a longer one leaves it is believed.
    for name in list(IMAGES)[:20]:
        (tmp_path / "images" / name).write_bytes(IMAGES[name])
    ResumeState(server.url, "", "", BATCH_ID, archive_offset=stop, images_unpacked=20).save(tmp_path)
    server.seen.clear()
    client.download(BATCH_ID, tmp_path)
    assert on_disk(tmp_path) == IMAGES
    tar = [seen.headers["range"] for seen in server.asked("/signed/") if seen.path.endswith("images.tar")]
    assert tar == [f"bytes={stop}-{len(archive) - 1}"]


def test_a_wrong_resume_state_does_no_harm(server: FakeServer, client: Client, tmp_path: Path) -> None:
    ResumeState(server.url, "", "", BATCH_ID, archive_offset=700, images_unpacked=0).save(tmp_path)
    client.download(BATCH_ID, tmp_path)
    assert on_disk(tmp_path) == IMAGES


def test_missing_and_damaged_files_are_fetched_one_by_one(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    client.download(BATCH_ID, tmp_path)
    first, second = list(IMAGES)[:2]
    (tmp_path / "images" / first).unlink()
    (tmp_path / "images" / second).write_bytes(b"?" * len(IMAGES[second]))
    server.seen.clear()
    client.download(BATCH_ID, tmp_path)
    assert on_disk(tmp_path) == IMAGES
    assert server.asked("images.tar") == []
    assert len(server.asked("/signed/")) == 2


def test_an_image_wrong_in_the_archive_is_fetched_by_itself(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    batch = server.batches[BATCH_ID]
    name = list(IMAGES)[3]
    files = dict(batch.files)
    files["images.tar"] = files["images.tar"].replace(IMAGES[name], b"?" * len(IMAGES[name]))
    server.batches[BATCH_ID] = type("Damaged", (MadeBatch,), {"files": files})(dict(IMAGES))
    client.download(BATCH_ID, tmp_path)
    assert on_disk(tmp_path) == IMAGES
    assert [s.path.rpartition("/")[2] for s in server.asked("/signed/") if "/images/" in s.path] == [name]


def test_an_image_wrong_everywhere_is_named_and_not_kept(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    batch = server.batches[BATCH_ID]
    files = dict(batch.files)
    name = list(IMAGES)[3]
    batch.images[name] = b"?" * len(IMAGES[name])
    files["images.tar"] = batch.files["images.tar"]
    server.batches[BATCH_ID] = type("Damaged", (MadeBatch,), {"files": files})(batch.images)
    with pytest.raises(TransferFailed) as raised:
        client.download(BATCH_ID, tmp_path)
    assert raised.value.files == (name,)
    assert on_disk(tmp_path) == {n: b for n, b in IMAGES.items() if n != name}


@pytest.mark.parametrize(
    "fault", [refuse(500), refuse(429), reset, cut_after(3000)], ids=["500", "429", "reset", "cut"]
)
def test_faults_on_the_way_leave_no_trace(
    server: FakeServer, client: Client, tmp_path: Path, fault: object
) -> None:
    for path in ("/signed/", f"/batches/{BATCH_ID}"):
        server.faults.append(times(3, path, fault))  # type: ignore[arg-type]
    client.download(BATCH_ID, tmp_path)
    assert on_disk(tmp_path) == IMAGES
    assert not list(tmp_path.rglob("*.part"))


def test_images_are_fetched_as_they_finish(server: FakeServer, client: Client, tmp_path: Path) -> None:
    server.batches[BATCH_ID].state = "working"
    names = [image.file for image in client.images(BATCH_ID)]
    assert names == list(IMAGES)
    fetched = {image.file: path for image, path in client.fetch(BATCH_ID, tmp_path)}
    assert {name: path.read_bytes() for name, path in fetched.items()} == IMAGES
    server.batches[BATCH_ID].state = "complete"
    server.seen.clear()
    client.download(BATCH_ID, tmp_path)
    assert server.asked("images.tar") == [], "files on disk are verified, not fetched again"


def test_a_directory_holds_one_batch(server: FakeServer, client: Client, tmp_path: Path) -> None:
    client.download(BATCH_ID, tmp_path)
    server.batches[NEXT_ID] = MadeBatch({}, batch_id=NEXT_ID)
    with pytest.raises(errors.Conflict, match=BATCH_ID):
        client.download(NEXT_ID, tmp_path)


def test_a_batch_without_results_says_so(server: FakeServer, client: Client, tmp_path: Path) -> None:
    batch = server.batches[BATCH_ID]
    batch.state = "working"
    with pytest.raises(StillRunning):
        client.download(BATCH_ID, tmp_path)
    batch.state = "failed"
    with pytest.raises(BatchFailed, match="no inventory"):
        client.download(BATCH_ID, tmp_path)


def test_a_batch_without_images_has_its_tables(server: FakeServer, client: Client, tmp_path: Path) -> None:
    server.batches[BATCH_ID] = MadeBatch({})
    assert client.download(BATCH_ID, tmp_path).images == ()
    assert (tmp_path / "rows.csv").exists()


def test_names_that_leave_the_directory_are_refused(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.batches[BATCH_ID] = MadeBatch({"../../evil": b"x"})
    with pytest.raises(errors.SkybatchError, match="not a safe file name"):
        client.download(BATCH_ID, tmp_path / "here")
    assert not list(tmp_path.rglob("evil"))


def test_all_parts_follow_the_chain_to_its_end(server: FakeServer, client: Client, tmp_path: Path) -> None:
    server.batches[BATCH_ID].left_over = 2
    last = {"0040_990101n_j0010009.fits": b"x" * 99}
    server.batches[NEXT_ID] = MadeBatch(last, batch_id=NEXT_ID, part=2)
    parts = list(client.download_parts(BATCH_ID, tmp_path))
    assert [part.directory for part in parts] == [tmp_path, tmp_path / "part-2"]
    assert on_disk(tmp_path) == IMAGES
    assert on_disk(tmp_path / "part-2") == last


def test_a_chain_that_delivers_nothing_ends(server: FakeServer, client: Client, tmp_path: Path) -> None:
    server.batches[BATCH_ID] = MadeBatch({}, left_over=2)
    with pytest.raises(TransferFailed, match="delivered nothing"):
        list(client.download_parts(BATCH_ID, tmp_path))


def test_the_same_job_again_is_the_same_batch(server: FakeServer, client: Client, tmp_path: Path) -> None:
    table = "ra,dec\n1,2\n"
    batch_id = f"{0:032x}"
    server.batches[batch_id] = MadeBatch(dict(IMAGES), batch_id=batch_id)
    server.faults = [times(99, f"/batches/{batch_id}", reset)]
    with pytest.raises(Unreachable):
        client.run(tmp_path, table)
    server.faults = []
    assert [part.batch_id for part in client.run(tmp_path, table)] == [batch_id]
    assert len(server.accepted) == 1
    with pytest.raises(errors.Conflict, match="another request"):
        client.run(tmp_path, table, bands="J")


def test_a_submission_whose_response_was_lost_for_good_is_found_again(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    def lose_response(handler: Handler) -> bool:
        if handler.command == "POST":
            handler.answer = lambda *_, **__: reset(handler)  # type: ignore[method-assign]
            handler._post()
            return True
        return False

    server.faults = [lose_response]
    with pytest.raises(Unreachable):
        client.start(tmp_path, "ra,dec\n1,2\n")
    server.faults = []
    batch = client.start(tmp_path, "ra,dec\n1,2\n")
    assert list(server.accepted.values()) == [batch.batch_id]


@pytest.mark.parametrize("name", ["rows.csv", "manifest.json", f"images/{next(iter(IMAGES))}"])
def test_a_file_that_is_not_ours_is_overwritten_only_by_force(
    client: Client, tmp_path: Path, name: str
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / name).write_bytes(b"mine")
    for _ in range(2):
        with pytest.raises(errors.Conflict, match=name):
            client.download(BATCH_ID, tmp_path)
        assert (tmp_path / name).read_bytes() == b"mine"
    client.download(BATCH_ID, tmp_path, force=True)
    assert on_disk(tmp_path) == IMAGES
    assert (tmp_path / name).read_bytes() != b"mine"


def test_a_table_edited_after_its_download_is_kept(client: Client, tmp_path: Path) -> None:
    client.download(BATCH_ID, tmp_path)
    (tmp_path / "rows.csv").write_bytes(b"row\n1 mine\n")
    with pytest.raises(errors.Conflict, match=r"rows\.csv"):
        client.download(BATCH_ID, tmp_path)
    assert (tmp_path / "rows.csv").read_bytes() == b"row\n1 mine\n"


def test_files_unpacked_by_others_are_used_where_they_are_right(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir()
    for name, body in IMAGES.items():
        (tmp_path / "images" / name).write_bytes(body)
    client.download(BATCH_ID, tmp_path)
    assert server.asked("images.tar") == []


def test_without_a_directory_one_is_made_for_the_batch(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert client.download(BATCH_ID).directory == Path(f"skybatch-{BATCH_ID}")
    assert on_disk(tmp_path / f"skybatch-{BATCH_ID}") == IMAGES


def votable(rows: int) -> bytes:
    written = io.BytesIO()
    Table({"file": [f"{n}.fits" for n in range(rows)], "bytes": list(range(rows))}).write(
        written, format="votable"
    )
    return written.getvalue()


def test_a_table_of_images_that_the_batch_does_not_have_is_empty(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.batches[BATCH_ID].tables["images.xml"] = votable(2)
    part = client.download(BATCH_ID, tmp_path)
    for table in (part.table("unretrieved"), client.table(BATCH_ID, "failed")):
        assert (len(table), table.colnames) == (0, ["file", "bytes"])
    assert len(part.table("images")) == len(client.table(BATCH_ID, "images")) == 2
    with pytest.raises(FileNotFoundError):
        part.table("targets")
    with pytest.raises(errors.NotFound):
        client.table(BATCH_ID, "targets")


def test_a_batch_without_images_has_empty_tables_of_them(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.batches[BATCH_ID] = MadeBatch({})
    assert len(client.download(BATCH_ID, tmp_path).table("images")) == 0
    server.batches[BATCH_ID].state = "working"
    with pytest.raises(errors.NotFound):
        client.table(BATCH_ID, "unretrieved")
