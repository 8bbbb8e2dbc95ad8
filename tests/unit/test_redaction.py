"""Batch ids and addresses are redacted wherever they stand in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.redaction import HASH_DIGITS, batch_hash, redacted

BATCH = "0f3a9c5e7b1d42688ac0e4f19b6d7723"
IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
GLUE = st.sampled_from(["", "/", " ", "_", "-", ".", '"', "'", "\n", ":", "?x=", "%2F", "#"])


@given(IDS, GLUE, GLUE)
def test_no_id_is_left_whole(batch: str, before: str, after: str) -> None:
    text = redacted(f"at{before or ' '}{batch}{after}")
    assert batch not in text
    assert batch_hash(batch) in text


@given(st.emails())
def test_no_address_is_left(address: str) -> None:
    domain = address.rsplit("@", 1)[1]
    text = redacted(f"to <{address}>: refused")
    assert address not in text
    assert domain not in text


def test_addresses_in_urls_are_found() -> None:
    assert "person" not in redacted("/x?email=some.person%40example.org&y=1")


def test_a_hash_is_not_taken_for_an_id() -> None:
    assert redacted(f"#{batch_hash(BATCH)}") == f"#{batch_hash(BATCH)}"
    assert len(batch_hash(BATCH)) == HASH_DIGITS


@pytest.mark.parametrize("harmless", ["1-5759e988-bd862e3fe1be46a994272793", "ji0270257.fits.gz", "@ once"])
def test_what_is_neither_stays(harmless: str) -> None:
    assert redacted(harmless) == harmless
