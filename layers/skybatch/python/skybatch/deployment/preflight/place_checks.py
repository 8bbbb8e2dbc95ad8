"""The buckets beside the archive in which surveys' images lie, as the published inventories name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from skybatch.deployment.aws_calls import Clients, refusal
from skybatch.deployment.findings import Finding, error, ok, warning
from skybatch.deployment.preflight.planned_stack import PlannedStack

if TYPE_CHECKING:
    from skybatch.surveys.description.images import Place
    from skybatch.surveys.description.survey import Survey

HELD = "inventory/surveys.json"


def check_image_places(stack: PlannedStack, clients: Clients) -> Iterator[Finding]:
    """Look at each bucket as worker and search will read it: its region, its access, one of its images."""
    for survey in _held(stack, clients):
        if survey.place.bucket:
            yield from _place(stack, clients, survey)


def _held(stack: PlannedStack, clients: Clients) -> list[Survey]:
    """Read the descriptions of the surveys that the archive holds."""
    import json

    from skybatch.surveys.description.reader import parse_survey

    s3 = clients("s3")
    key = f"{stack.prefix}{HELD}"
    answer, code = refusal(lambda: s3.get_object(Bucket=stack.archive, Key=key, **stack.payer))
    if code:  # an archive that was indexed before there were descriptions holds 2MASS alone
        return []
    held = json.loads(answer["Body"].read())
    return [parse_survey(text, f"{HELD}: {name}") for name, text in held.get("descriptions", {}).items()]


def _place(stack: PlannedStack, clients: Clients, survey: Survey) -> Iterator[Finding]:
    place, check = survey.place, f"images-{survey.id}"
    s3 = _client(place, clients)
    region = _region(s3, place)
    if region != place.region:
        yield error(
            check,
            f"{place.bucket} is in {region or 'no region that S3 tells'}, the description of {survey.id} "
            f"says {place.region}: every read would fail",
            "correct [place] of the description and index again",
        )
        return
    yield from _rights(stack, survey, check)
    yield from _listing(s3, survey, check)
    if place.region != stack.region:
        yield warning(
            check,
            f"{place.bucket} is in {place.region}: each request of functions in {stack.region} takes tens of "
            "milliseconds longer",
            f"deploy in {place.region}, if the service is for these images alone",
        )


def _client(place: Place, clients: Clients) -> Any:
    """Return a client as the functions will read the bucket: in its region, unsigned where anybody may."""
    if place.access == "signed":
        return clients("s3")
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(signature_version=UNSIGNED, connect_timeout=10, read_timeout=30)
    return boto3.client("s3", region_name=place.region, config=config)


def _region(s3: Any, place: Place) -> str:
    from skybatch.storage.profile import bucket_region

    return bucket_region(s3, place.bucket)


def _rights(stack: PlannedStack, survey: Survey, check: str) -> Iterator[Finding]:
    """Compare a bucket that is read with signed requests with those that the roles may read."""
    bucket = survey.place.bucket
    allowed = {arn.rpartition(":")[2] for arn in stack.parameter("ImageBuckets").split(",") if arn}
    if survey.place.access == "signed" and bucket not in allowed | {stack.archive}:
        yield error(
            check,
            f"no function may read {bucket}, in which the images of {survey.id} lie",
            f"ImageBuckets with its ARN, arn:aws:s3:::{bucket}",
        )


def _listing(s3: Any, survey: Survey, check: str) -> Iterator[Finding]:
    """List below the survey's prefix, and ask for what is found, as the functions will."""
    from skybatch.surveys.description.keys import KeyLayout

    place, layout = survey.place, KeyLayout(survey)
    prefix = layout.prefix(next(iter(survey.datasets)))
    payer = {"RequestPayer": "requester"} if place.requester_pays else {}
    wanted = {"Bucket": place.bucket, "Prefix": prefix, "MaxKeys": 1, **payer}
    page, code = refusal(lambda: s3.list_objects_v2(**wanted))
    if code:
        yield warning(
            check,
            f"{place.bucket} may not be listed ({code}): an image that is missing looks like a forbidden one "
            "until another was read",
            "nothing, if the bucket is of others; else s3:ListBucket for its readers",
        )
        return
    if not page.get("Contents"):
        yield error(check, f"{place.bucket} has nothing below {prefix}", "correct [place] of the description")
        return
    key = page["Contents"][0]["Key"]
    _, code = refusal(lambda: s3.head_object(Bucket=place.bucket, Key=key, **payer))
    if code:
        yield error(check, f"{place.bucket} answers {code} for {key}", "see the bucket's policy")
    else:
        yield ok(check, f"{place.bucket} in {place.region} gives its images")
