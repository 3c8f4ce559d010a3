"""What does one line of /proc/PID/stat tell, of the processes of a real Odoo 19?"""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.errors import InputError
from workeroo.facts.glance import glance

# Recorded on Linux 6.18: the master, a worker that waits, the evented process, a cron worker. The
# worker's own title holds a bracket here.
MASTER = (
    b"7841 (python) S 1 7841 7841 0 -1 4194560 22310 72 3 1 51 27 1 2 20 0 1 0 64707 181858304 "
    b"27309 18446744073709551615 4321280 7148169 140723921488848 0 0 0 0 16781312 3230215 1 0 0 17 "
    b"1 0 0 0 0 0 9723336 11027064 248332288 140723921496829 140723921497434 140723921497434 "
    b"140723921498042 0\n"
)
WORKER = (
    b"7875 (odoo: Worker)TT) S 7841 7841 7841 0 -1 4194368 4044 0 0 0 1 1 0 0 20 0 2 0 64956 "
    b"258424832 22160 18446744073709551615 4321280 7148169 140723921488848 0 0 0 0 16781312 "
    b"8391174 0 0 0 17 1 0 0 0 0 0 9723336 11027064 248332288 140723921496829 140723921497434 "
    b"140723921497434 140723921498042 0\n"
)


def test_a_master_handles_the_signals_that_change_its_workers() -> None:
    seen = glance(MASTER)

    assert (seen.state, seen.parent_pid, seen.start_ticks) == ("S", 1, 64707)
    assert seen.handles_workers
    assert not seen.handles_its_own_limit
    assert seen.cpu_seconds == pytest.approx(0.81)  # that of its ended children too
    assert (seen.vms_bytes, seen.rss_pages) == (181858304, 27309)


def test_a_worker_that_is_ready_handles_its_own_signals() -> None:
    seen = glance(WORKER)

    assert not seen.handles_workers
    assert seen.handles_its_own_limit
    assert (seen.threads, seen.parent_pid) == (2, 7841)
    assert not seen.leaves


@pytest.mark.parametrize(
    ("state", "gone", "stopped"),
    [(b"R", False, False), (b"T", False, True), (b"t", False, True), (b"Z", True, False)],
)
def test_a_state_is_one_letter(state: bytes, gone: bool, stopped: bool) -> None:
    seen = glance(MASTER.replace(b") S ", b") " + state + b" "))

    assert (seen.gone, seen.stopped) == (gone, stopped)


@given(st.binary(max_size=300), st.integers(0, len(MASTER)))
def test_no_bytes_break_the_reading(noise: bytes, place: int) -> None:
    for data in (noise, MASTER[:place] + noise + MASTER[place:], MASTER[:place]):
        with suppress(InputError):
            glance(data)
