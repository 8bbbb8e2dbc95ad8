"""A packaged survey over a tree of images: checked, indexed and served, as its operators and users do."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astropy.io.votable import parse_single_table
from astropy.table import Table
from obstore.store import LocalStore

from skybatch.cli.command_line import main
from skybatch.inventory.cache import open_inventories
from skybatch.surveys.catalogue import packaged_description
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import forget
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service, images_of
from tests.support.servers.http import BASE_URL, HttpClient, make_dependencies


@dataclass(frozen=True)
class ShippedSurvey:
    """An indexed tree; ``dataset`` names one of the survey's data sets."""

    survey: Survey
    dataset: str
    root: Path
    objects: LocalStore
    open: Any

    def client(self) -> HttpClient:
        """The function of searches and images."""
        dependencies = make_dependencies(archive=self.objects, open_inventory=self.open)
        return HttpClient(dependencies, *load_function("search").ROUTES)

    def sia(self, ra: float, dec: float, size: float = 0.0) -> Table:
        """What Simple Image Access v1 finds."""
        address = self.survey.address(self.dataset).rstrip("/")
        answer = self.client().get(f"/ibe/sia/{address}?POS={ra},{dec}&SIZE={size}")
        assert answer.status == 200, answer.body
        return parse_single_table(io.BytesIO(answer.body)).to_table()

    def search(self, where: str, columns: str = "") -> Table:
        """What the archive's own search finds."""
        address = self.survey.address(self.dataset).rstrip("/")
        answer = self.client().get(f"/ibe/search/{address}?where={where}&columns={columns}&ct=csv")
        assert answer.status == 200, answer.body
        return Table.read(answer.body.decode(), format="ascii.csv")

    def fetch(self, url: str) -> bytes:
        """The file at an address of the service."""
        answer = self.client().get(url.removeprefix(BASE_URL))
        assert answer.status == 200, answer.body
        return answer.body

    def crops(self, table: str, **request: Any) -> dict[str, bytes]:
        """The images of a batch of positions, by name."""
        service = Service(self)  # type: ignore[arg-type]
        survey = self.survey.survey_id(self.dataset)
        accepted = service.submit(mode="positions", survey=survey, table=table, **request)
        status = service.run(accepted)
        assert (status.state, status.images.failed) == ("complete", 0)
        return images_of(service.file(accepted, "images.tar"))


@contextmanager
def shipped_survey(survey_id: str, root: Path, dataset: str = "") -> Iterator[ShippedSurvey]:
    """Check the description on a tree, index it, and forget what was learnt."""
    survey = read_survey(packaged_description(survey_id), f"{survey_id}.toml")
    with _indexed(survey, survey_id, root, dataset) as shipped:
        yield shipped


@contextmanager
def mirrored_survey(survey_id: str, root: Path, folder: Path) -> Iterator[ShippedSurvey]:
    """As `shipped_survey`, with a copy of the description in a folder that names no bucket of others."""
    text = re.sub(r"(?m)^(bucket|region|access) = .*\n", "", packaged_description(survey_id))
    file = folder / f"{survey_id}.toml"
    file.write_text(text)
    with _indexed(read_survey(text, file.name), str(file), root, "") as shipped:
        yield shipped


@contextmanager
def _indexed(survey: Survey, named: str, root: Path, dataset: str) -> Iterator[ShippedSurvey]:
    assert main(["survey", "check", named, str(root)]) == 0
    assert main(["archive", "index", str(root), "--survey", named, "--images", str(root)]) == 0
    objects = LocalStore(str(root))
    yield ShippedSurvey(survey, dataset or survey.id, root, objects, open_inventories(objects))
    forget(survey)
