"""The lease of a service that needs none."""

from __future__ import annotations

import time

from skybatch.names.lease import NoLease


def test_no_lease_is_available_until_the_deadline_however_often_it_is_acquired() -> None:
    lease = NoLease()
    deadline = time.monotonic() + 60
    assert lease.acquire(deadline)
    assert lease.acquire(deadline)
    lease.release()
    assert not lease.acquire(time.monotonic() - 1)
