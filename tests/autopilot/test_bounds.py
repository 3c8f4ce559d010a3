"""Between which numbers may the autopilot move, by the plan?"""

from __future__ import annotations

import msgspec
import pytest

from workeroo.autopilot.bounds import bounds_of, windows_for
from workeroo.errors import UsageError
from workeroo.facts.host import Cores, Host, Memory
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan
from workeroo.units import GIB


def plan(cores: int = 2, gib: int = 8, available: int | None = None) -> Plan:
    host = Host(
        cores=Cores(logical=cores, declared=True),
        memory=Memory(total_bytes=gib * GIB, declared=True),
    )
    made = make_plan(host, series=19)
    connections = msgspec.structs.replace(made.connections, available=available)
    return msgspec.structs.replace(made, connections=connections)


def test_the_floor_is_a_worker_a_core_and_never_fewer_than_two() -> None:
    assert [bounds_of(plan(cores, 32)).floor for cores in (1, 2, 4)] == [2, 2, 4]


def test_the_ceiling_is_what_the_memory_holds() -> None:
    bounds = bounds_of(plan(gib=8))

    assert bounds.ceiling == 22  # 80 % of 8 GiB for workers of 300 MB
    assert "of memory for workers" in bounds.why[1]


def test_the_ceiling_is_what_postgresql_has_connections_for() -> None:
    bounds = bounds_of(plan(gib=64, available=97))

    assert bounds.ceiling < 97 // 3
    assert "database connections" in bounds.why[1]


def test_the_user_has_the_last_word() -> None:
    bounds = bounds_of(plan(), floor=3, ceiling=4)

    assert (bounds.floor, bounds.ceiling) == (3, 4)
    assert bounds.why[:2] == ("floor 3: as given", "ceiling 4: as given")


@pytest.mark.parametrize(("floor", "ceiling"), [(5, 4), (0, 4), (2, 0), (99, None)])
def test_bounds_that_hold_nothing_are_refused(floor: int, ceiling: int | None) -> None:
    with pytest.raises(UsageError):
        bounds_of(plan(), floor=floor, ceiling=ceiling)


def test_a_worker_is_retired_for_more_than_its_share_and_never_for_what_workers_take() -> None:
    few, many = bounds_of(plan(), ceiling=4), bounds_of(plan())

    assert few.worker_pss_limit_bytes is not None
    assert many.worker_pss_limit_bytes is not None
    assert few.worker_pss_limit_bytes * 4 <= 8 * GIB * 80 // 100
    assert many.worker_pss_limit_bytes >= 1.5 * many.worker_bytes


def test_the_slow_windows_keep_their_proportion() -> None:
    short, usual = windows_for(30), windows_for(300)

    assert (short.missed_seconds, usual.missed_seconds) == (30, 300)
    assert short.longest_calm_seconds == usual.longest_calm_seconds / 10
    assert short.shortage_seconds == usual.shortage_seconds
