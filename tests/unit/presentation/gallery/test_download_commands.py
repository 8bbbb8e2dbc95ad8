"""The commands that fetch a batch: with its own address, and none where there is no archive."""

from __future__ import annotations

import ast

from skybatch.cli.command_line import make_parser
from skybatch.presentation.gallery.download_commands import ARCHIVE, download_commands
from tests.support.batches import batch_samples


def test_they_name_server_and_batch() -> None:
    status = batch_samples.mixed()
    commands = dict(download_commands(status, status.file(ARCHIVE)))
    assert list(commands) == ["skybatch", "curl", "Python"]
    words = commands["skybatch"].split()[1:]
    given = make_parser().parse_args(words)
    assert (given.batch, given.server) == (batch_samples.BATCH, batch_samples.ROOT)
    assert commands["curl"].endswith(f"{batch_samples.BATCH}/files/images.tar")
    ast.parse(commands["Python"])
    assert batch_samples.ROOT in commands["Python"]


def test_without_an_archive_or_an_address_there_are_none() -> None:
    status = batch_samples.nothing()
    assert download_commands(status, status.file(ARCHIVE)) == []
    local = batch_samples.status(files=[{"name": "images.tar", "url": "images.tar", "bytes": 1}])
    assert download_commands(local, local.file(ARCHIVE)) == []
