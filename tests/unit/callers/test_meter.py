"""Use counts across instances, at a cost below it; who has used all is told when to come back."""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore

from skybatch.callers import meter as meter_module
from skybatch.callers.accounts import Accounts
from skybatch.callers.meter import Meter
from skybatch.callers.usage import DAY_SECONDS, PARTS, Level, Usage
from skybatch.errors import TooMany

ALLOWANCE = Usage(seconds=100.0, bytes=1e6, images=1e6, links=1e6)
NOW = 1_000_000.0


class CountingAccounts(Accounts):
    """Counts the writes; loses the first of them to somebody faster where told to."""

    def __init__(self, objects: MemoryStore, lost: int = 0) -> None:
        super().__init__(objects)
        self.writes, self.lost = 0, lost

    def take(self, key: str, amount: Usage, allowance: Usage, now: float) -> Level | None:
        self.writes += 1
        return super().take(key, amount, allowance, now) if self.writes > self.lost else None


def make_meter(objects: MemoryStore) -> Meter:
    return Meter(Accounts(objects), ALLOWANCE, "network address")


def use(meter: Meter, who: str, seconds: float, now: float = NOW) -> None:
    meter.check(who, now)
    meter.charge(who, Usage(seconds=seconds), now)


def test_light_use_costs_no_call() -> None:
    accounts = CountingAccounts(MemoryStore())
    meter = Meter(accounts, ALLOWANCE, "caller")
    for _ in range(9):
        use(meter, "a", 0.001)
    assert accounts.writes == 0
    use(meter, "a", 0.001)
    assert accounts.writes == 1


def test_heavy_use_is_written_once_a_part() -> None:
    accounts = CountingAccounts(MemoryStore())
    meter = Meter(accounts, ALLOWANCE, "caller")
    for _ in range(1000):
        use(meter, "a", 0.003)
    assert accounts.writes == 1000 // 4  # 0.012 is the first above a part of 0.01


def test_all_instances_count_together() -> None:
    objects = MemoryStore()
    instances = [make_meter(objects) for _ in range(5)]
    served = 0
    for n in range(1000):
        try:
            use(instances[n % 5], "a", 0.5)
            served += 1
        except TooMany:
            pass
    assert 200 <= served <= 200 + len(instances)


def test_who_has_used_all_is_told_when_to_come_back() -> None:
    meter = make_meter(MemoryStore())
    use(meter, "a", 150.0)
    with pytest.raises(TooMany, match="network address has used the 100 s of computing") as caught:
        meter.check("a", NOW)
    wait = caught.value.retry_after
    assert DAY_SECONDS / 2 < wait <= DAY_SECONDS / 2 + DAY_SECONDS / PARTS + 2
    meter.check("b", NOW)
    meter.check("a", NOW + wait)
    use(meter, "a", 1.0, NOW + wait)
    with pytest.raises(TooMany) as caught:
        meter.check("a", NOW + wait)
    assert caught.value.retry_after < DAY_SECONDS / 50


def test_what_was_lost_to_somebody_faster_stays_counted() -> None:
    objects = MemoryStore()
    accounts = CountingAccounts(objects, lost=2)
    meter = Meter(accounts, ALLOWANCE, "caller")
    for _ in range(3):
        use(meter, "a", 1.0)
    assert accounts.writes == 3
    assert Accounts(objects).level(accounts.key("a"), ALLOWANCE, NOW).used.seconds == 3


def test_an_instance_remembers_a_bounded_number_of_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter_module, "MAX_KNOWN", 3)
    meter = make_meter(MemoryStore())
    for who in "abcd":
        use(meter, who, 0.001)
    assert list(meter._known) == list("bcd")
    use(meter, "b", 0.001)
    use(meter, "e", 0.001)
    assert list(meter._known) == list("dbe")


def test_a_day_across_instances_is_at_most_twice_the_allowance_and_a_part_each() -> None:
    """A caller that never pauses, over instances that each learn late."""
    objects = MemoryStore()
    instances = [make_meter(objects) for _ in range(20)]
    used, step = 0.0, 20.0
    for n in range(int(DAY_SECONDS / step)):
        for instance in instances:
            try:
                use(instance, "a", 0.02, NOW + n * step)
                used += 0.02
            except TooMany:
                continue
    assert 150 < used <= 2 * ALLOWANCE.seconds + len(instances) * 0.02
