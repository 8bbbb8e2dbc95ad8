"""What goes wrong on the way loses nothing, doubles nothing, and is told.

All batches run side by side on one stack, each with its own faults; what comes of them is held to the
same batch left in peace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.mailbox import emails
from local.stack import Stack
from tests.e2e.faults import (
    Faults,
    Rule,
    answer,
    connection_reset,
    cut_body,
    first_times,
    kill_caller,
    lost,
    mail_refused,
    messages_late_and_twice,
    messages_lost,
    one_in,
    slow,
    stack_behind,
)
from tests.e2e.soak import Ended, Scenario, SoakRun, address, keep_figures, make_archive, positions

pytestmark = pytest.mark.e2e

CORRUPT, MISSING, DEADLY, SLOW, THROTTLED, BROKEN = range(10, 16)
SETS = 16
TABLE = positions(range(10))
NAMED = "\n".join(["name,size", *(f"{180 + n} 20,30" for n in range(10)), "m83,30"]) + "\n"
WHOLE = positions(range(6), 1, "null")
SEND = ("SendMessageBatch",)
MAIL = ("/v2/email/outbound-emails",)
# What each state of the state machine does first that it cannot do without.
FIRST_CALLS = {
    "Resolve": ("PUT", "/names.json"),
    "Plan": ("PUT", "/plan.jsonl"),
    "Dispatch": SEND,
    "Tally": ("PUT", "/journal/"),
    "Package": ("PUT", "/outcomes.jsonl"),
    "Notify": ("PUT", "/mail.json"),
}
THROTTLING = (answer(503, "SlowDown"), answer(500, "InternalError"), answer(503, "ServiceUnavailable"))


def source(n: int) -> str:
    """In every request for a stored J image."""
    return f"s{n + 1:03d}/image/j"


def once(words: tuple[str, ...]) -> Rule:
    return Rule(words, first_times(1, kill_caller))


def scenarios() -> dict[str, Scenario]:
    return {
        "undisturbed": Scenario(TABLE),
        "late and twice": Scenario(TABLE, [Rule(SEND, messages_late_and_twice(0.7))]),
        "lost": Scenario(TABLE, [Rule(SEND, first_times(1, messages_lost))]),
        "killed": Scenario(TABLE, [Rule(("PUT", "/bundles/"), first_times(3, kill_caller))]),
        "throttled": Scenario(TABLE, [Rule(("/batches/",), one_in(5, *THROTTLING))]),
        "conflicts": Scenario(
            TABLE, [Rule(("PUT", "/bundles/"), first_times(3, answer(409, "ConditionalRequestConflict")))]
        ),
        "no answer": Scenario(TABLE, [Rule(("/bundles/",), first_times(2, slow(8)))]),
        "resets": Scenario(TABLE, [Rule(("/batches/",), one_in(6, connection_reset))]),
        "cut short": Scenario(TABLE, [Rule(("PUT", "/bundles/"), first_times(2, cut_body(30)))]),
        "slow": Scenario(TABLE, [Rule(("/batches/",), one_in(3, slow(0.4)))]),
        "bad sources": Scenario(positions(range(8, 13))),
        "bad reads": Scenario(positions(range(13, 16))),
        "no mail": Scenario(TABLE, [Rule(MAIL, mail_refused)]),
        "each state dies": Scenario(NAMED, [once(words) for words in FIRST_CALLS.values()]),
        "no plan": Scenario(TABLE, [Rule(FIRST_CALLS["Plan"], kill_caller)]),
        "no last word": Scenario(
            TABLE,
            [
                Rule(FIRST_CALLS["Plan"], kill_caller),
                Rule(("PUT", "/status.json"), first_times(3, kill_caller)),
            ],
        ),
        "large": Scenario(WHOLE, [Rule(("partNumber=2",), first_times(1, kill_caller))], {"form": "fits"}),
        "failing copies": Scenario(
            WHOLE,
            [Rule(("PUT", "partNumber="), one_in(2, answer(500, "InternalError"), answer(200, "SlowDown")))],
            {"form": "fits"},
        ),
        "lost completion": Scenario(
            WHOLE, [Rule(("POST", "images.tar", "uploadId="), first_times(1, lost))], {"form": "fits"}
        ),
    }


@pytest.fixture(scope="module")
def stack(
    faults: Faults, start_stack: Callable[..., Stack], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """A stack whose functions reach the services through the proxy; some stored images are bad."""
    folder = tmp_path_factory.mktemp("made")
    archive = make_archive(folder, SETS, damaged=(CORRUPT,), missing=(MISSING,))
    faults.by_word = {
        source(DEADLY): kill_caller,
        source(SLOW): slow(0.5),
        source(THROTTLED): first_times(3, answer(503, "SlowDown")),
        source(BROKEN): first_times(3, answer(500, "InternalError")),
    }
    with stack_behind(faults, start_stack, archive) as running:
        yield running


@pytest.fixture(scope="module")
def run(stack: Stack, faults: Faults) -> Iterator[SoakRun]:
    run = SoakRun(stack, faults.by_label)
    # More of them, and two cores are too slow for the short time of these workers.
    run.start(scenarios(), at_once=6)
    yield run
    run.wait()


def assert_as_if_nothing_had_happened(run: SoakRun, name: str) -> Ended:
    """The same images as in peace, nothing lost, nothing twice, one email; gives what was measured."""
    undisturbed, ended = run.ended("undisturbed"), run.ended(name)
    assert all(rule.seen for rule in run.by_label[name]), "the faults never happened"
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert ended.images.keys() == undisturbed.images.keys()
    assert ended.images == undisturbed.images
    assert run.single_images(ended) == ended.images
    keep_figures(name, ended)
    return ended


def test_a_batch_left_in_peace_is_whole(run: SoakRun) -> None:
    assert len(assert_as_if_nothing_had_happened(run, "undisturbed").images) == 20


def test_messages_that_come_twice_late_and_out_of_order_make_each_image_once(run: SoakRun) -> None:
    assert_as_if_nothing_had_happened(run, "late and twice")


def test_messages_that_are_lost_are_sent_again(run: SoakRun) -> None:
    assert_as_if_nothing_had_happened(run, "lost")


def test_workers_killed_as_they_write_a_bundle_lose_none(run: SoakRun) -> None:
    assert_as_if_nothing_had_happened(run, "killed")


def test_a_store_that_throttles_and_breaks_only_takes_longer(run: SoakRun) -> None:
    assert_as_if_nothing_had_happened(run, "throttled")


def test_a_slow_store_only_takes_longer(run: SoakRun) -> None:
    assert_as_if_nothing_had_happened(run, "slow")


def test_every_state_may_fail_once(run: SoakRun) -> None:
    ended = run.ended("each state dies")
    assert {rule.words for rule in run.by_label["each state dies"] if rule.seen > 1} == set(
        FIRST_CALLS.values()
    )
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert (len(ended.images), ended.status["rows"]["not_covered"]) == (10, 1)
    keep_figures("each state dies", ended)


def test_corrupt_missing_and_deadly_sources_fail_alone_with_reasons_and_one_email(run: SoakRun) -> None:
    ended = run.ended("bad sources")
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert ended.status["images"].items() >= {"retrieved": 4, "over_limit": 0, "failed": 6}.items()
    reasons = {entry["code"]: entry["rows"] for entry in ended.status["reasons"]}
    assert reasons == {"source_damaged": 2, "source_missing": 2, "gave_up": 2}
    keep_figures("bad sources", ended)


def test_reads_that_are_slow_throttled_or_refused_for_a_while_all_come(run: SoakRun, faults: Faults) -> None:
    ended = run.ended("bad reads")
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert ended.status["images"].items() >= {"retrieved": 6, "over_limit": 0, "failed": 0}.items()
    assert all(faults.seen[source(n)] for n in (SLOW, THROTTLED, BROKEN))
    keep_figures("bad reads", ended)


def test_a_refused_email_is_told_where_the_results_are(run: SoakRun) -> None:
    ended, undisturbed = run.ended("no mail"), run.ended("undisturbed")
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 0)
    assert ended.images == undisturbed.images
    assert "The email about this batch could not be sent." in ended.status["notices"]
    keep_figures("no mail", ended)


@pytest.mark.parametrize("name", ["no plan", "no last word"])
def test_a_state_that_always_fails_ends_the_batch_and_tells_why(run: SoakRun, name: str) -> None:
    ended = run.ended(name)
    assert ended.status["state"] == "failed"
    assert ended.status["rows"]["failed"] == ended.status["rows"]["total"] == 20
    assert ended.status["reason"]
    (mail,) = (email for email in emails(run.stack.emulator.url) if address(name) in email.to)
    assert "failed" in mail.subject
    keep_figures(name, ended)


@pytest.mark.parametrize("name", ["conflicts", "no answer", "resets", "cut short"])
def test_bundles_that_are_not_written_at_once_or_not_whole_lose_no_image(run: SoakRun, name: str) -> None:
    """Writes at the same time (409), calls without an answer, dropped connections, an index cut short."""
    assert_as_if_nothing_had_happened(run, name)


@pytest.mark.parametrize("name", ["large", "failing copies", "lost completion"])
def test_an_archive_joined_in_spite_of_faults_is_whole_and_leaves_no_parts(run: SoakRun, name: str) -> None:
    """The collector killed in mid-upload, copies that fail or answer 200 with an error, a lost completion."""
    ended = run.ended(name)
    assert run.by_label[name][0].seen > 1 or name == "lost completion"
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert len(ended.images) == 6
    assert run.single_images(ended) == ended.images
    assert not any(ended.status["batch_id"] in key for key in run.unfinished_uploads())
    keep_figures(name, ended)
