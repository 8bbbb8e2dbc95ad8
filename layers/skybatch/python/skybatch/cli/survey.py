"""The commands `skybatch survey …`: descriptions of surveys, tried before anything is made of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skybatch.cli.request_options import positive
from skybatch.errors import InvalidSurvey
from skybatch.surveys.catalogue import PACKAGED_SURVEYS

if TYPE_CHECKING:
    from skybatch.archive.described.check import TreeReport
    from skybatch.archive.index import IndexReport
    from skybatch.storage.trees import Tree

UNFIT = 3  # exit code: the description breaks rules, or does not fit the tree
SHOWN = 10
_VERIFIED = {"genuine": "verified on genuine files", "unverified": "not verified"}
PACKAGED = ", ".join(PACKAGED_SURVEYS[1:])  # 2MASS is indexed without a description
SURVEY_HELP = f"a description in TOML, or the id of one that is packaged: {PACKAGED}"


def add_commands(subparsers: Any) -> None:
    """Add `survey` and its commands to the parser."""
    survey = subparsers.add_parser("survey", help="descriptions of surveys")
    commands = survey.add_subparsers(title="commands", required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="check a description, and try it on a tree",
        description="Check the rules of a description and, with a TREE, what it makes of its files:"
        " a sample of the headers is read, nothing is written.",
    )
    check.add_argument("file", metavar="SURVEY", help=SURVEY_HELP)
    check.add_argument("tree", nargs="?", metavar="TREE", help="a directory or s3://bucket/prefix")
    check.add_argument(
        "--headers",
        type=positive,
        default=100,
        metavar="NUMBER",
        help="headers to read (default: %(default)s)",
    )
    check.set_defaults(run=_check)
    schema = commands.add_parser("schema", help="print the JSON Schema of descriptions, for editors")
    schema.set_defaults(run=_schema)


def add_index_options(index: argparse.ArgumentParser) -> None:
    """Add what `skybatch archive index` takes for the images of a description."""
    index.add_argument(
        "--survey", metavar="SURVEY", help=f"the survey whose images are indexed: {SURVEY_HELP}"
    )
    elsewhere = "where the images are read (default: the bucket that the description names, or the tree)"
    index.add_argument("--images", metavar="TREE", default="", help=f"with --survey: {elsewhere}")
    index.add_argument(
        "--table",
        dest="tables",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="with --survey: metadata tables, such as answers of /ibe/search, instead of all headers",
    )
    index.add_argument(
        "--existence",
        choices=("listing", "probe", "assumed"),
        default="listing",
        help="with --table: how it is known which images are stored: by listing the tree, by one request for"
        " each image, whose header is read then, or assumed (default: %(default)s)",
    )


def described_reports(
    tree: Tree, options: argparse.Namespace, progress: Callable[[int], None]
) -> Mapping[str, IndexReport]:
    """Publish the inventories of a description, from headers or metadata tables; reports by data set.

    Raises
    ------
    InvalidSurvey
        Where the description breaks rules, or does not fit the tree.
    """
    from skybatch.archive.described.image_tree import open_image_tree, place_notice
    from skybatch.archive.described.index import index_described, index_tables
    from skybatch.surveys.description.reader import read_survey

    text, name = given_description(options.survey)
    survey = read_survey(text, name)
    source = {"images": open_image_tree(survey, options.tree, options.images)}
    if notice := place_notice(survey, options.tree):
        print(notice, file=sys.stderr)
    how: Any = {"in_flight": options.in_flight, "progress": progress, **source}
    if not options.tables:
        return index_described(tree, text, name, **how)
    return index_tables(tree, text, name, options.tables, options.existence, **how)


def given_description(given: str) -> tuple[str, str]:
    """Return the text of a description, by its file or the id of one that is packaged; and its name.

    Raises
    ------
    InvalidSurvey
        Where the file is not UTF-8.
    OSError
        Where it cannot be read.
    """
    from skybatch.surveys.catalogue import packaged_description
    from skybatch.surveys.description.reader import description_text

    file = Path(given)
    if given in PACKAGED_SURVEYS and not file.is_file():
        return packaged_description(given), f"{given}.toml"
    return description_text(file.read_bytes(), file.name), file.name


def _check(options: argparse.Namespace) -> int:
    from skybatch.surveys.description.reader import read_survey

    try:
        description, name = given_description(options.file)
        survey = read_survey(description, name)
    except InvalidSurvey as error:
        print(error.detail, file=sys.stderr)
        return UNFIT
    names = ", ".join(survey.survey_id(name) for name in survey.datasets)
    bands = ", ".join(survey.bands)
    print(f"{name}: {survey.title}: {names}; bands {bands}: no rule is broken")
    for what in ("genuine", "unverified"):
        if said := getattr(survey.verified, what):
            print(f"  {_VERIFIED[what]}: {said}")
    return _check_tree(options, survey) if options.tree else 0


def _check_tree(options: argparse.Namespace, survey: Any) -> int:
    from skybatch.archive.described.check import check_tree
    from skybatch.archive.described.image_tree import open_image_tree

    reports = check_tree(open_image_tree(survey, "", options.tree), survey, options.headers)
    for dataset, report in reports.items():
        _print(dataset, report)
    reasons = [f"{name}: {reason}" for name, report in reports.items() for reason in report.reasons]
    for reason in reasons:
        print(f"{Path(options.file).name}: {reason}", file=sys.stderr)
    return UNFIT if reasons else 0


def _print(dataset: str, report: TreeReport) -> None:
    """Print what a description makes of one data set of a tree."""
    listing = report.listing
    print(
        f"{dataset}: {len(listing.images)} images, {sum(listing.links.values())} companions,"
        f" {listing.ignored} ignored, {len(listing.unmatched)} unmatched"
    )
    for line in report.samples[:SHOWN]:
        print(f"  {line}")
    problems = [*listing.unmatched, *listing.problems, *report.problems]
    for problem in problems[:SHOWN]:
        print(f"  skipped: {problem}")
    if len(problems) > SHOWN:
        print(f"  … and {len(problems) - SHOWN} more")


def _schema(_: argparse.Namespace) -> int:
    import json

    from skybatch.surveys.description.json_schema import survey_schema

    print(json.dumps(survey_schema(), indent=1))
    return 0
