"""The whole service on this machine: archive, emulator, deployed template, public address, mail."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.allwise.tiles import Tile
from local.allwise.tree import SURVEY as ALLWISE
from local.allwise.tree import index_allwise, make_allwise, sample_tiles
from local.archive_bucket import open_to_anybody, upload_tree
from local.deploy import TEMPLATE, Outputs, deploy
from local.emulator import Emulator, emulator
from local.fake_resolvers import FakeResolvers
from local.given_archive import GivenArchive, given_archive
from local.http_api.api import HttpApi, deployed_api
from local.http_api.cors import Cors
from local.http_api.server import serve_api
from local.logs import save_logs
from local.mail_service import SentMessages, serve_mail
from local.mailbox import Email, watched
from local.public_bucket import PublicBucket, public_bucket
from local.synthetic.archive import make_synthetic_archive
from local.template import load_template, resolved_parameters
from skybatch.storage.places import PUBLIC_ENDPOINT
from skybatch.surveys.catalogue import DEFAULT_SURVEY as TWOMASS

ARCHIVE_BUCKET = "skybatch-archive"
PUBLIC = PublicBucket("nasa-irsa-wise", "us-west-2")
SURVEYS = (TWOMASS, ALLWISE)
MAIL_FROM = "skybatch@example.org"
# A worker waits half its time for the emulator; AWS takes no fewer than two.
WORKERS = str(min(4, 2 * (os.cpu_count() or 1)))


@dataclass(frozen=True)
class Stack:
    """A running service: its address, what it runs on, and the folder that keeps mail and logs.

    ``archive`` is the tree that was uploaded, as long as the stack runs; ``api`` is behind the address;
    ``images`` is the tree of the public bucket, if the stack has one.
    ``mail`` has the messages that SES was given.
    """

    url: str
    emulator: Emulator
    outputs: Outputs
    folder: Path
    archive: Path
    names: FakeResolvers
    api: HttpApi
    archive_bucket: str = ARCHIVE_BUCKET
    images: Path | None = None
    mail: SentMessages = field(default_factory=SentMessages)


def silent(_: object, __: object = None) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Sky:
    """A sample sky: its surveys, small if ``few``, and the ``tiles`` of AllWISE if not the sample's."""

    surveys: Sequence[str] = (TWOMASS,)
    few: bool = False
    tiles: Sequence[Tile] = ()


@dataclass(frozen=True)
class Trees:
    """What is uploaded: the tree of the archive bucket, and that of the public bucket if there is one."""

    archive: GivenArchive
    images: Path | None = None


def make_sky(sky: Sky, folder: Path, say: Callable[[str], None] = silent) -> Trees:
    """Make a sample sky below a folder."""
    archive, public = folder / "archive", folder / "public"
    archive.mkdir()
    if TWOMASS in sky.surveys:
        images = make_synthetic_archive(archive, few=sky.few)
        say(f"sample sky: {images} simulated Atlas images of 2MASS and their Quicklooks")
    if ALLWISE not in sky.surveys:
        return Trees(GivenArchive(archive))
    images = make_allwise(public, sky.tiles or sample_tiles(few=sky.few))
    index_allwise(archive, public)
    say(f"sample sky: {images} simulated Atlas images of AllWISE")
    return Trees(GivenArchive(archive), public)


@dataclass(frozen=True)
class Plan:
    """What to start: ``archive`` a tree of real files, or None for the sample ``sky``.

    ``port`` 0 takes any free one; ``parameters`` override the template's; ``emulator`` adds to the
    emulator's environment. ``make_sky`` makes the sky, or gives one that was made before.
    """

    folder: Path
    archive: Path | None = None
    sky: Sky = Sky()
    port: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    emulator: Mapping[str, str] = field(default_factory=dict)
    make_sky: Callable[[Sky, Path, Callable[[str], None]], Trees] = make_sky


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
    a folder that is not there, InventoryError for one without images.
    """
    resolved_parameters(load_template(TEMPLATE), plan.parameters)  # refuse before anything is made
    plan.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        public = running.enter_context(serve_api(plan.port))
        scratch = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="skybatch-")))
        trees = _trees(plan, scratch, say)
        gateway = running.enter_context(public_bucket(None, PUBLIC))
        regional = {PUBLIC_ENDPOINT: f"{gateway.url}/{{region}}"}
        aws = running.enter_context(emulator(plan.folder, extra={**regional, **plan.emulator}))
        gateway.target = aws.url
        _upload(aws, trees, say)
        names = running.enter_context(FakeResolvers())
        say(f"object names: a stand-in for IRSA, NED and SIMBAD answers, it knows {names.size} of them")
        own = local_parameters(public.url, names.url)
        mail, reached_by = SentMessages(), {}
        # Not where another stands between functions and services, nor where signatures are checked: they
        # hold the address that was called.
        if plan.emulator.keys().isdisjoint({"AWS_ENDPOINT_URL", "AUTH"}):
            ses, mail = running.enter_context(serve_mail(aws))
            reached_by = {"AWS_ENDPOINT_URL_SESV2": ses.url}
        outputs = deploy(aws, own | dict(plan.parameters), environment=reached_by)
        api = deployed_api(aws, outputs.api_id, public.domain, Cors.from_configuration(template_cors()))
        public.open(api)
        running.callback(save_logs, aws, plan.folder / "logs")
        running.enter_context(watched(aws.url, plan.folder / "mail", on_email, mail.headers))
        root, images = trees.archive.root, trees.images
        yield Stack(public.url, aws, outputs, plan.folder, root, names, api, images=images, mail=mail)


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


def _trees(plan: Plan, scratch: Path, say: Callable[[str], None]) -> Trees:
    if plan.archive is not None:
        return Trees(given_archive(plan.archive, scratch, say))
    return plan.make_sky(plan.sky, scratch, say)


def _upload(aws: Emulator, trees: Trees, say: Callable[[str], None]) -> None:
    archive = trees.archive
    objects, size = upload_tree(
        aws, ARCHIVE_BUCKET, archive.root, say, archive.folders, linked=archive.linked
    )
    say(f"archive: {objects} objects, {size / 1e6:.0f} MB")
    if trees.images is not None:
        objects, size = upload_tree(aws, PUBLIC.bucket, trees.images, say, ("wise",))
        open_to_anybody(aws, PUBLIC.bucket)
        played = f"{PUBLIC.bucket}, playing the public bucket in {PUBLIC.region}"
        say(f"{played}: {objects} objects, {size / 1e6:.0f} MB")
