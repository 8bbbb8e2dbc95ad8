"""Nothing that opens a batch or names a person is left in a log line."""

from __future__ import annotations

import json
import logging
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.redaction import HASH_DIGITS, batch_hash, scrubbed
from skybatch.telemetry import ScrubbingFormatter, without_secrets

BATCH = "0f3a9c5e7b1d42688ac0e4f19b6d7723"
IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
GLUE = st.sampled_from(["", "/", " ", "_", "-", ".", '"', "'", "\n", ":", "?x=", "%2F", "#"])


@given(IDS, GLUE, GLUE)
def test_no_id_is_left_whole(batch: str, before: str, after: str) -> None:
    text = scrubbed(f"at{before or ' '}{batch}{after}")
    assert batch not in text
    assert batch_hash(batch) in text


@given(st.emails())
def test_no_address_is_left(address: str) -> None:
    domain = address.rsplit("@", 1)[1]
    text = scrubbed(f"to <{address}>: refused")
    assert address not in text
    assert domain not in text


def test_addresses_in_urls_are_found() -> None:
    assert "person" not in scrubbed("/x?email=some.person%40example.org&y=1")


def test_a_hash_is_not_taken_for_an_id() -> None:
    assert scrubbed(f"#{batch_hash(BATCH)}") == f"#{batch_hash(BATCH)}"
    assert len(batch_hash(BATCH)) == HASH_DIGITS


@pytest.mark.parametrize("harmless", ["1-5759e988-bd862e3fe1be46a994272793", "ji0270257.fits.gz", "@ once"])
def test_what_is_neither_stays(harmless: str) -> None:
    assert scrubbed(harmless) == harmless


def test_a_traceback_in_the_log_is_scrubbed() -> None:
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(ScrubbingFormatter())
    log = logging.Logger("privacy")
    log.addHandler(handler)
    try:
        raise FileNotFoundError(f"batches/{BATCH}/plan.jsonl of a.person@example.org")
    except FileNotFoundError:
        log.exception("failed", extra={"key": f"batches/{BATCH}/x"})
    line = json.loads(out.getvalue())
    assert line["key"] == f"batches/#{batch_hash(BATCH)}/x"
    assert BATCH not in out.getvalue()
    assert "a.person" not in out.getvalue()
    assert batch_hash(BATCH) in line["exception"]


def test_an_error_keeps_its_name_alone() -> None:
    """Step Functions tells errors apart by name, and keeps their text."""
    error = without_secrets(KeyError(f"batches/{BATCH}"))
    assert (type(error).__name__, BATCH in str(error)) == ("KeyError", False)
