"""The whole service on this machine: archive, emulator, deployed template, public address, mail."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.archive_bucket import indexed, upload_tree
from local.deploy import TEMPLATE, Outputs, deploy
from local.emulator import Emulator, emulator
from local.fake_resolvers import FakeResolvers
from local.http_api.api import HttpApi, deployed_api
from local.http_api.cors import Cors
from local.http_api.server import serve_api
from local.logs import save_logs
from local.mailbox import Email, watched
from local.synthetic.archive import make_synthetic_archive
from local.template import load_template, resolved_parameters

ARCHIVE_BUCKET = "skybatch-archive"
MAIL_FROM = "skybatch@example.org"
# A worker waits half its time for the emulator; AWS takes no fewer than two.
WORKERS = str(min(4, 2 * (os.cpu_count() or 1)))


@dataclass(frozen=True)
class Stack:
    """A running service: its address, what it runs on, and the folder that keeps mail and logs.

    ``archive`` is the tree that was uploaded, as long as the stack runs; ``api`` is behind the address.
    """

    url: str
    emulator: Emulator
    outputs: Outputs
    folder: Path
    archive: Path
    names: FakeResolvers
    api: HttpApi
    archive_bucket: str = ARCHIVE_BUCKET


@dataclass(frozen=True)
class Plan:
    """What to start: ``archive`` a tree of real files or None for the sample sky, small if ``few``.

    ``port`` 0 takes any free one; ``parameters`` override the template's; ``emulator`` adds to the
    emulator's environment.
    """

    folder: Path
    archive: Path | None = None
    few: bool = False
    port: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    emulator: Mapping[str, str] = field(default_factory=dict)


def silent(_: object, __: object = None) -> None:
    """Say nothing."""


@contextmanager
def running_stack(
    plan: Plan,
    *,
    say: Callable[[str], None] = silent,
    on_email: Callable[[Email, Path], None] = silent,
) -> Iterator[Stack]:
    """Bring the service up for the length of a ``with`` block; nothing of it is left running after it.

    ``say`` hears what is being done, ``on_email`` each email and where it is kept. Raises OSError for a
    port that is taken, ValueError for a parameter that the template does not have, FileNotFoundError for
    a folder that is no archive.
    """
    resolved_parameters(load_template(TEMPLATE), plan.parameters)  # refuse before anything is made
    plan.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        public = running.enter_context(serve_api(plan.port))
        scratch = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="skybatch-")))
        archive = _archive(plan, scratch, say)
        aws = running.enter_context(emulator(plan.folder, extra=plan.emulator))
        objects, size = upload_tree(aws, ARCHIVE_BUCKET, archive, say)
        say(f"archive: {objects} objects, {size / 1e6:.0f} MB")
        names = running.enter_context(FakeResolvers())
        say(f"object names: a stand-in for IRSA, NED and SIMBAD answers, it knows {names.size} of them")
        own = local_parameters(public.url, names.url)
        outputs = deploy(aws, own | dict(plan.parameters))
        api = deployed_api(aws, outputs.api_id, public.domain, Cors.from_configuration(template_cors()))
        public.open(api)
        running.callback(save_logs, aws, plan.folder / "logs")
        running.enter_context(watched(aws.url, plan.folder / "mail", on_email))
        yield Stack(public.url, aws, outputs, plan.folder, archive, names, api)


def template_cors() -> Mapping[str, Any]:
    """Return the CorsConfiguration of the template's API, empty where it has none."""
    api = load_template(TEMPLATE)["Resources"]["HttpApi"]["Properties"]
    configuration: Mapping[str, Any] = api.get("CorsConfiguration", {})
    return configuration


def local_parameters(public_url: str, names_url: str) -> dict[str, str]:
    """Return the template parameters that a local deployment sets."""
    return {
        "ArchiveBucket": ARCHIVE_BUCKET,
        "PublicUrl": public_url,
        "MailFrom": MAIL_FROM,
        "WorkerConcurrency": WORKERS,
        **dict.fromkeys(("IrsaResolver", "NedResolver", "SimbadResolver"), names_url),
        "DispatchWindow": "200",
        # All that comes in on this machine comes from one address.
        "MaxDailyBatches": "100000",
        "MaxDailyFromCaller": "100000",
        "MaxDailyImagesFromCaller": "100000000",
        "MaxDailyLinks": "100000000",
        "MaxDailySecondsFromCaller": "10000000",
        "MaxDailyBytesFromCaller": "10000000000000",
    }


def _archive(plan: Plan, scratch: Path, say: Callable[[str], None]) -> Path:
    if plan.archive is not None:
        return indexed(plan.archive, scratch, say)
    images = make_synthetic_archive(scratch / "archive", few=plan.few)
    say(f"sample sky: {images} simulated Atlas images and their Quicklooks")
    return scratch / "archive"
