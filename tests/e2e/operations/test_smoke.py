"""`skybatch smoke` on the local stack: no error where all is well, and each injected fault is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from skybatch.deployment.findings import Finding, Level
from skybatch.deployment.smoke import batch_checks, bucket_checks, cors_checks, ending_checks, post_checks
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Probe
from skybatch.deployment.smoke.sample import find_sample
from skybatch.deployment.smoke.smoke import smoke
from skybatch.deployment.smoke.stack_access import StackAccess
from skybatch.deployment.smoke.stack_checks import check_dead_letters, check_logs
from tests.e2e.faults import Fault, Faults, answer
from tests.support.deployment.planned import faults as faulty_checks
from tests.support.deployment.planned import levels
from tests.support.servers.proxy import Told, altered, between

pytestmark = pytest.mark.e2e

# What the emulator has not: metrics of log lines, and X-Ray.
NOT_EMULATED = ("metrics", "traces")
Check = Callable[[Context], Iterator[Finding]]


@pytest.fixture(scope="module")
def context(stack: Stack) -> Context:
    probe = Probe(stack.url)
    sample, _ = find_sample(probe)
    assert sample is not None
    return Context(probe, sample, patience=90, pause=0.2)


@pytest.fixture(scope="module")
def access(stack: Stack) -> StackAccess:
    return StackAccess.of("skybatch", stack.emulator.client)


@pytest.fixture(scope="module")
def found(context: Context, access: StackAccess) -> list[Finding]:
    """The whole smoke test, on a service that is well."""
    return list(smoke(context, access, skip=NOT_EMULATED))


def test_a_service_that_is_well_has_no_error(found: list[Finding]) -> None:
    assert [finding for finding in found if finding.level is Level.ERROR] == []


def test_every_check_but_those_skipped_is_made(found: list[Finding]) -> None:
    made = {name for name, level in levels(found).items() if level is Level.OK}
    assert made >= {
        "preflights", "cors", "json", "form", "gzip", "large-body", "oversize-body", "large-answer",
        "same-key", "crops", "whole-images", "results-bucket", "archive-bucket", "missing",
        "stopped-execution", "mail-success", "mail-bounce", "dead-letters", "logs-planner", "logs-worker",
        "logs-collector", "logs-notifier",
    }  # fmt: skip


# Faults on the way of the requests --------------------------------------------------------------------------


def without(*names: str) -> Fault:
    """The answer without some of its headers."""

    def change(status: int, headers: list[tuple[str, str]], body: bytes) -> Told:
        return status, [each for each in headers if each[0].lower() not in names], body

    return altered(change)


def with_status(status: int) -> Fault:
    return altered(lambda _, headers, body: (status, headers, body))


def with_body(change: Callable[[bytes], bytes]) -> Fault:
    return altered(lambda status, headers, body: (status, headers, change(body)))


def flipped(body: bytes) -> bytes:
    """The same with one bit of its middle changed."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old, new)


CORS = "access-control-allow-origin"
TAR, SUMS, RESULTS, ARCHIVE = "/results/images.tar", "md5sums.txt", "skybatch-results", "skybatch-archive"
INJECTED: list[tuple[Check, str, Fault]] = [
    (cors_checks.check_preflights, "OPTIONS /", answer(404, "NotFound")),
    (cors_checks.check_preflights, "OPTIONS /batches", without("access-control-allow-headers")),
    (cors_checks.check_readable, "GET /batches/none", without(CORS)),
    (post_checks.check_json, "POST /plans", answer(500, "InternalError")),
    (post_checks.check_json, "POST /plans", with_body(replaced(b'"rows": 1', b'"rows": 2'))),
    (post_checks.check_form, "POST /plans", answer(415, "Unsupported")),
    (post_checks.check_gzip, "POST /plans", answer(422, "Invalid")),
    (post_checks.check_large_body, "POST /plans", answer(413, "RequestEntityTooLarge")),
    (post_checks.check_oversize_body, "POST /plans", with_status(500)),
    (post_checks.check_large_answer, "POST /tables", with_status(200)),
    (post_checks.check_large_answer, "/answers/", answer(403, "AccessDenied")),
    (post_checks.check_large_answer, "/answers/", without(CORS)),
    (batch_checks.check_same_key, "POST /batches", answer(503, "Unavailable")),
    (batch_checks.check_crops, "/files/images.tar", answer(403, "AccessDenied")),
    (batch_checks.check_crops, TAR, with_body(flipped)),
    (batch_checks.check_crops, TAR, with_body(lambda body: body[:-1])),
    (batch_checks.check_crops, "/images/", answer(404, "NotFound")),
    (bucket_checks.check_results_bucket, TAR, with_status(200)),
    (bucket_checks.check_results_bucket, TAR, without(CORS)),
    (bucket_checks.check_results_bucket, TAR, without("access-control-expose-headers")),
    (bucket_checks.check_results_bucket, "HEAD /batches/", without("content-length")),
    (bucket_checks.check_archive_bucket, ARCHIVE, answer(403, "AccessDenied")),
    (bucket_checks.check_archive_bucket, ARCHIVE, without(CORS)),
    (bucket_checks.check_archive_bucket, "GET /ibe/data", with_status(200)),
    (bucket_checks.check_missing, "9999", answer(403, "AccessDenied")),
    (bucket_checks.check_missing, "/files/none.txt", answer(500, "InternalError")),
]  # fmt: skip


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize(
    ("check", "word", "fault"), INJECTED, ids=[f"{check.__name__} {word}" for check, word, _ in INJECTED]
)
def test_a_fault_is_found(context: Context, stack: Stack, check: Check, word: str, fault: Fault) -> None:
    faults = Faults({word: fault})
    with between(stack.url, faults) as url:
        seen = {name: dict(status) for name, status in context.batches.items()}
        probe = _Through(url, stack.url)
        spoiled = dataclasses.replace(context, probe=probe, batches=seen, patience=5.0)
        assert faulty_checks(list(check(spoiled))) != set()
    assert faults.seen[word]


class _Through(Probe):
    """A probe that reaches the service's own addresses through the proxy as well."""

    def __init__(self, proxy: str, service: str) -> None:
        super().__init__(proxy)
        self._service = service

    def call(self, method: str, target: str, *given: Any, **named: Any) -> Any:
        return super().call(method, target.replace(self._service, self.server, 1), *given, **named)


# Faults of the stack ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("found")
def test_a_dead_letter_is_found(context: Context, access: StackAccess, stack: Stack) -> None:
    queue = stack.emulator.client("sqs")
    url = stack.outputs.dead_letter_queue_url
    queue.send_message(QueueUrl=url, MessageBody="{}")
    assert faulty_checks(list(check_dead_letters(context, access))) == {"dead-letters"}
    queue.purge_queue(QueueUrl=url)


@pytest.mark.usefixtures("found")
def test_an_id_in_the_logs_is_found(context: Context, access: StackAccess, stack: Stack) -> None:
    batch_id = context.batches["crops"]["batch_id"]
    logs = stack.emulator.client("logs")
    group = {"logGroupName": "/aws/lambda/skybatch-planner", "logStreamName": "injected"}
    logs.create_log_stream(**group)
    event = {"timestamp": int(access.began * 1000) + 1000, "message": f'{{"batch": "{batch_id}"}}'}
    logs.put_log_events(**group, logEvents=[event])
    assert "logs-planner" in faulty_checks(list(check_logs(context, access)))


def test_functions_that_do_not_log_are_found(context: Context, access: StackAccess) -> None:
    elsewhere = dataclasses.replace(context, batches={"crops": {"batch_id": "0" * 32}}, patience=0.1)
    assert faulty_checks(list(check_logs(elsewhere, access))) == {
        "logs-planner", "logs-worker", "logs-collector", "logs-notifier",
    }  # fmt: skip


def test_an_execution_stopped_without_the_rule_is_found(
    context: Context, access: StackAccess, stack: Stack
) -> None:
    events = stack.emulator.client("events")
    names = [rule["Name"] for rule in events.list_rules()["Rules"] if "BadEnd" in rule["Name"]]
    assert names
    for name in names:
        events.disable_rule(Name=name)
    try:
        hasty = dataclasses.replace(context, patience=3.0)
        found = levels(list(ending_checks.check_stopped_execution(hasty, access)))
        assert found["stopped-execution"] is Level.ERROR
    finally:
        for name in names:
            events.enable_rule(Name=name)


@pytest.fixture(scope="module")
def mute(start_stack: Callable[..., Stack]) -> Stack:
    """A stack that was deployed without a sender."""
    return start_stack(parameters={"MailFrom": ""})


def test_a_service_without_mail_is_found(mute: Stack, context: Context, tmp_path: Path) -> None:
    access = StackAccess.of("skybatch", mute.emulator.client)
    silent = Context(Probe(mute.url), context.sample, patience=8, pause=0.2)
    assert faulty_checks(list(ending_checks.check_mail(silent, access))) == {"mail-success", "mail-bounce"}
