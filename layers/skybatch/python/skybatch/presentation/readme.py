"""The README of a batch: what lies in its folder, and how to read it."""

from __future__ import annotations

import textwrap
from importlib.resources import files

from skybatch.batch.codes import ImageStatus
from skybatch.batch.record import BatchRecord
from skybatch.batch.request_facts import request_facts
from skybatch.batch.results.batch_results import BatchResults
from skybatch.batch.status import to_iso
from skybatch.presentation.citation import bibtex
from skybatch.presentation.formatting import plain, size
from skybatch.presentation.operator import operator_sentence
from skybatch.presentation.request_summary import request_sentence
from skybatch.settings import settings
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import survey_of

_QUICKLOOKS = "Decompressed Quicklooks have the keyword LOSSY in their headers; their names contain _ql."
WIDTH = 104  # of the longest lines of the template
NAMES_OF_SEVERAL = "survey, image set and band (2MASS: date, band, scan, image)"
TABLES_OF_SEVERAL = """\
images_*.tbl      the images of one survey each, with all that this survey tells of them; images.tbl has what
                  all surveys have
"""
ALL_SKY = "sky-all.svg       the same on a map of the whole sky, for rows that lie far from most\n"
SCRIPT = "download.sh       downloads images and tables, resumes, verifies: sh download.sh\n"


def readme_text(results: BatchResults, *, has_all_sky: bool = False) -> str:
    """Write the text of ``README.txt`` for a batch whose outcomes are final.

    ``has_all_sky`` says that there is a map of the whole sky beside the sketch.
    """
    record, request = results.record, results.request
    surveys = _delivered(results)
    counts = results.counts()
    return _template().format(
        batch_id=record.batch_id,
        label=f"Name: {plain(request.label)}\n" if request.label else "",
        asked=request_sentence(request_facts(request)),
        created=to_iso(record.created),
        retrieved=counts[ImageStatus.RETRIEVED],
        size=size(sum(outcome.bytes for _, outcome in results.retrieved)),
        over_limit=counts[ImageStatus.OVER_LIMIT],
        failed=counts[ImageStatus.FAILED],
        absent=sum(absent.images for absent in results.plan.absent.values()),
        names=_names(surveys[0]) if not request.surveys else NAMES_OF_SEVERAL,
        tables=TABLES_OF_SEVERAL if request.surveys else "",
        keys="coadd_keys" if surveys[0].has("coadd_keys") and not request.surveys else "image_ids",
        caution="".join(map(_caution, surveys)),
        citation="".join(map(_citation, surveys)),
        operator=f"\n{said}\n" if (said := operator_sentence(settings())) else "",
        all_sky=ALL_SKY if has_all_sky else "",
        script=SCRIPT if record.base_url else "",
        page=_page(record) if record.base_url else "",
    )


def _delivered(results: BatchResults) -> list[Survey]:
    """Return the surveys that delivered images, each once; the first that was asked for where none did."""
    delivered = {task.dataset for task, _ in results.retrieved}
    asked = [name for name in results.request.datasets if name in delivered]
    names = [*asked, *sorted(delivered.difference(asked))] or [results.request.dataset]
    return list({survey_of(name).id: survey_of(name) for name in names}.values())


def _names(survey: Survey) -> str:
    """Say what the names of files are made of, after row and id."""
    if survey.has("scans"):
        return "date and hemisphere, band with scan and image number"
    return "survey, image set and band"


def _caution(survey: Survey) -> str:
    """Return the survey's cautions, and for those of Quicklooks how they are known."""
    cautions = " ".join(survey.requests.caution.values())
    if survey.has("quicklooks"):
        return f"CAUTION. {cautions}\n{_QUICKLOOKS}\n"
    return f"CAUTION. {cautions}\n" if cautions else ""


def _citation(survey: Survey) -> str:
    """Say how the survey is acknowledged and cited in a publication."""
    said = []
    if survey.acknowledgement:
        acknowledgement = textwrap.fill(survey.acknowledgement, WIDTH, break_on_hyphens=False)
        said.append(f"If you publish, please acknowledge {survey.short}:\n{acknowledgement}\n")
    if entries := bibtex(survey):
        said.append(f"and cite it; in BibTeX:\n{entries}\n")
    return "".join(f"\n{each}" for each in said)


def _page(record: BatchRecord) -> str:
    expires = to_iso(record.expires)
    return f"\nResults page: {record.url('results')}\nIts files are kept until {expires}.\n"


def _template() -> str:
    return files("skybatch.presentation").joinpath("templates", "README.txt").read_text("utf-8")
