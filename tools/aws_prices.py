"""Published figures of the services, in one table: what they take, allow and cost, each with its source.

Region us-east-1, without free tiers, as of 2026. What AWS does not publish is marked ``assumed`` and stands
on the cautious side of what is commonly measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from skybatch.bundles.s3_assembler import COPIES_IN_FLIGHT

READS_IN_FLIGHT = 16
MB = 1_000_000
GB = 1_000_000_000
ATLAS_BYTES = 1_100_000  # a stored Atlas image, .fits.gz


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
    "alarm_month": Figure(0.10, "$/alarm and month", "aws.amazon.com/cloudwatch/pricing"),
    "dashboard_month": Figure(3.00, "$/dashboard and month", "aws.amazon.com/cloudwatch/pricing"),
    "metric_month": Figure(0.30, "$/metric and month", "aws.amazon.com/cloudwatch/pricing"),
}

QUOTAS: dict[str, Figure] = {
    "lambda_concurrency": Figure(1000, "at once", "Lambda quotas: default of an account, raised on request"),
    "event_source_start": Figure(5, "at once", "Lambda guide, SQS scaling: standard queues begin with"),
    "event_source_growth": Figure(300, "more a minute", "Lambda guide, SQS scaling"),
    "event_source_most": Figure(1250, "at once", "Lambda guide, SQS scaling"),
    "execution_events": Figure(25_000, "events an execution", "Step Functions quotas: Standard workflows"),
    "start_execution": Figure(300, "a second", "Step Functions quotas: StartExecution refill, us-east-1"),
    "s3_put_rate": Figure(3500, "a second and prefix", "S3 guide, performance: of a fresh bucket in all"),
    "s3_get_rate": Figure(5500, "a second and prefix", "S3 guide, performance: of a fresh bucket in all"),
    "trace_rate": Figure(0.05, "of requests", "X-Ray guide, default sampling: and the first of each second"),
    "pollers": Figure(5, "at once", "Lambda guide, SQS scaling: of an idle event source"),
    "poll_seconds": Figure(20, "s", "SQS guide, long polling: the longest wait of a receive"),
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
        S3: to a GET's or HEAD's first byte, a small PUT, a COPY of a small part within S3.
    stream, network, copy_stream
        Bytes a second of one GET, of one function's network in all, and of one COPY.
    gets_a_second, puts_a_second
        What a bucket takes in all.
    reads_in_flight, copies_in_flight
        GETs of one worker, and COPYs of the collector, at a time.
    list_page
        S3: a listing of 1000 keys.
    transition
        Between two states, a function's call included.
    inflate, cut, preview
        Of one stored Atlas image, and of one crop made from it and its preview.
    checksum
        Of one byte written: MD5 and CRC-32.
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
    network: float
    copy_stream: float
    gets_a_second: float
    puts_a_second: float
    reads_in_flight: int
    copies_in_flight: int
    list_page: float
    transition: float
    inflate: float
    cut: float
    preview: float
    checksum: float
    per_task: float


def aws(workers: int = 50) -> Services:
    """Return a deployment on AWS of the template's sizes, on buckets that S3 has not yet split.

    S3's guide gives 100–200 ms for a small object; 60 ms is what is left on a kept connection (assumed), and
    90 MB/s its advice for one connection. 1,024 MB of Lambda are 0.58 of a processor (1,769 MB are one), so
    the measured milliseconds of docs/benchmarks.md are divided by that. A Lambda's network is assumed to
    carry 75 MB/s, a copy within S3 to run at 100 MB/s, a transition to take 60 ms, a cold start 1.2 s.
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
        network=75 * MB,
        copy_stream=100 * MB,
        gets_a_second=QUOTAS["s3_get_rate"].value,
        puts_a_second=QUOTAS["s3_put_rate"].value,
        reads_in_flight=READS_IN_FLIGHT,
        copies_in_flight=COPIES_IN_FLIGHT,
        list_page=0.12,
        transition=0.06,
        inflate=0.0045 / processor,
        cut=0.0003 / processor,
        preview=0.0003 / processor,
        checksum=1.5e-9 / processor,
        per_task=12e-6,
    )
