"""Does an autopilot tell people how it is, and why?"""

from __future__ import annotations

import msgspec

from workeroo.autopilot.product import Bounds, Entry, Explanation, Status
from workeroo.report.autopilot_text import explanation_text, status_text
from workeroo.report.paint import Paint

ENTRY = Entry(
    at_seconds=5, unix_seconds=1_800_000_000, kind="grow", rule="shortage_up",
    sentence="seen 5 workers, 5 busy, 0 idle, 9 waiting; added 2 (SIGTTIN, SIGTTIN): 9 wait",
    workers=5, busy=5, idle=0, waiting=9, cores_busy=0.4, floor=2, ceiling=9,
    signals=("SIGTTIN", "SIGTTIN"),
)  # fmt: skip

STATUS = Status(
    pid=7, deployment="odoo (pid 5, port 8069)", dry_run=False, paused=False,
    since_unix_seconds=0, master_pid=5,
    bounds=Bounds(floor=2, ceiling=9, why=("floor 2: as given", "ceiling 9: as given")),
    last=ENTRY, signals={"SIGTTIN": 2}, journal="/var/lib/workeroo/autopilot/8069.jsonl",
)  # fmt: skip


def test_the_status_says_what_is_held_within_what_and_what_was_sent() -> None:
    told = status_text(STATUS, Paint())

    assert told.splitlines()[0] == "odoo (pid 5, port 8069): active, master 5, autopilot 7"
    assert "floor 2: as given" in told
    assert "signals sent: 2 SIGTTIN" in told


def test_a_pause_a_dry_run_no_server_and_a_full_disk_are_said() -> None:
    def told(**changes: object) -> str:
        return status_text(msgspec.structs.replace(STATUS, **changes), Paint())

    assert "paused, master 5" in told(paused=True)
    assert "dry run, master 5" in told(dry_run=True, signals={})
    assert "no server" in told(master_pid=None, last=None)
    assert "No space left" in told(trouble=("8069.jsonl: No space left on device",))


def test_the_answer_comes_first_then_what_led_there_then_the_bounds() -> None:
    told = Explanation(
        question="why 5 workers now?", answer=["The last step, 2 s ago: added 2."],
        deeds=[ENTRY, ENTRY], now=ENTRY, bounds=["floor 2: as given"],
    )  # fmt: skip
    lines = explanation_text(told, Paint(width=100)).splitlines()

    assert lines[:3] == ["Why 5 workers now?", "  The last step, 2 s ago: added 2.", "Before that:"]
    assert lines[3].startswith("  2027-01-15 08:00:00Z seen 5 workers")
    assert lines[-2:] == ["Bounds:", "  floor 2: as given"]
