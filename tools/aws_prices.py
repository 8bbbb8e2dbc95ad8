"""Published figures of the services, in one table: what they take, allow and cost, each with its source.

Region us-east-1, without free tiers, as of 2026. What AWS does not publish is marked ``assumed`` and stands
on the cautious side of what is commonly measured.
"""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000
GB = 1_000_000_000


@dataclass(frozen=True)
class Figure:
    """One figure: its value, its unit, and who says so."""

    value: float
    unit: str
    source: str


PRICES: dict[str, Figure] = {
    "lambda_gb_second": Figure(0.0000166667, "$/GB-s", "aws.amazon.com/lambda/pricing (x86)"),
    "lambda_request": Figure(0.20 / 1e6, "$/request", "aws.amazon.com/lambda/pricing"),
    "s3_put": Figure(0.005 / 1000, "$/PUT, COPY, POST, LIST", "aws.amazon.com/s3/pricing"),
    "s3_get": Figure(0.0004 / 1000, "$/GET, HEAD", "aws.amazon.com/s3/pricing"),
    "s3_gb_month": Figure(0.023, "$/GB-month", "aws.amazon.com/s3/pricing (Standard)"),
    "transfer_gb": Figure(0.09, "$/GB to the internet", "aws.amazon.com/ec2/pricing/on-demand (first 10 TB)"),
    "sqs_request": Figure(0.50 / 1e6, "$/request of 64 KB", "aws.amazon.com/sqs/pricing (fair queue)"),
    "transition": Figure(0.025 / 1000, "$/state transition", "aws.amazon.com/step-functions/pricing"),
    "api_request": Figure(1.00 / 1e6, "$/request", "aws.amazon.com/api-gateway/pricing (HTTP API)"),
    "email": Figure(0.10 / 1000, "$/email", "aws.amazon.com/ses/pricing"),
    "log_gb": Figure(0.50, "$/GB of logs", "aws.amazon.com/cloudwatch/pricing"),
    "trace": Figure(5.00 / 1e6, "$/trace", "aws.amazon.com/xray/pricing"),
}

QUOTAS: dict[str, Figure] = {
    "lambda_concurrency": Figure(1000, "at once", "Lambda quotas: default of an account, raised on request"),
    "event_source_start": Figure(5, "at once", "Lambda guide, SQS scaling: standard queues begin with"),
    "event_source_growth": Figure(300, "more a minute", "Lambda guide, SQS scaling"),
    "event_source_most": Figure(1250, "at once", "Lambda guide, SQS scaling"),
    "execution_events": Figure(25_000, "events an execution", "Step Functions quotas: Standard workflows"),
    "start_execution": Figure(300, "a second", "Step Functions quotas: StartExecution refill, us-east-1"),
    "s3_put_rate": Figure(3500, "a second and prefix", "S3 guide, performance guidelines"),
    "s3_get_rate": Figure(5500, "a second and prefix", "S3 guide, performance guidelines"),
    "sqs_in_flight": Figure(120_000, "messages", "SQS quotas: standard queue"),
    "api_rate": Figure(10_000, "requests a second", "API Gateway quotas: account and region"),
    "lambda_timeout": Figure(900, "s", "Lambda quotas"),
    "email_rate": Figure(14, "a second", "SES: usual rate once out of the sandbox (1 within it)"),
}


@dataclass(frozen=True)
class Services:
    """What things take, seconds unless the name says otherwise, on one platform.

    Attributes
    ----------
    workers, starting, growth
        Workers at most, at once, and more a minute.
    cold, invoke
        A new worker's start; the way of a message from queue to running worker and back.
    first_byte, put, copy
        S3: to a GET's or HEAD's first byte, a small PUT, a COPY within S3.
    stream, archive_stream, archive_reads
        Bytes a second of one GET, and of the whole packaging; objects a second that packaging reads, 32 in
        flight.
    list_page
        S3: a listing of 1000 keys.
    transition
        Between two states, a function's call included.
    inflate, cut
        Of one stored image, and of one file made from it.
    per_task
        Of reading and comparing one task of the plan.
    """

    workers: int
    starting: int
    growth: float
    cold: float
    invoke: float
    first_byte: float
    put: float
    copy: float
    stream: float
    archive_stream: float
    archive_reads: float
    list_page: float
    transition: float
    inflate: float
    cut: float
    per_task: float


def aws(workers: int = 50) -> Services:
    """Return a deployment on AWS of the template's sizes.

    S3's guide gives 100–200 ms for a small object; 60 ms is what is left on a kept connection (assumed), and
    90 MB/s its advice for one connection. 1,024 MB of Lambda are 0.58 of a processor (1,769 MB are one), so
    the measured milliseconds of docs/benchmarks.md are divided by that. A Lambda's network is assumed to
    carry 75 MB/s, a transition to take 60 ms, a cold start 1.2 s.
    """
    processor = 1024 / 1769
    return Services(
        workers=workers,
        starting=int(QUOTAS["event_source_start"].value),
        growth=QUOTAS["event_source_growth"].value,
        cold=1.2,
        invoke=0.03,
        first_byte=0.06,
        put=0.06,
        copy=0.10,
        stream=90 * MB,
        archive_stream=75 * MB,
        archive_reads=32 / 0.06,
        list_page=0.12,
        transition=0.06,
        inflate=0.0045 / processor,
        cut=0.0003 / processor,
        per_task=12e-6,
    )
