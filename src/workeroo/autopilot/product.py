"""What does the autopilot hold a server within, what does it do, and what does it write down?"""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.evidence import Evidence
from workeroo.model.connections import USUAL_HIGH
from workeroo.model.memory import HEAVY_WORKER_BYTES

ENTRY_SCHEMA = "workeroo/autopilot-entry/1"
STATUS_SCHEMA = "workeroo/autopilot-status/1"
EXPLANATION_SCHEMA = "workeroo/autopilot-explanation/1"

Kind = Literal["grow", "shrink", "retire", "hold"]
"""grow: more workers.  shrink: one idle worker fewer.  retire: one idle worker gives its place to a
fresh one.  hold: nothing."""


class Windows(msgspec.Struct, frozen=True, kw_only=True):
    """How long something must last before it counts. Starting values of our own, held in
    simulation and on the lab; none is published by anyone.

    Attributes:
        shortage_seconds: connections wait and nobody is idle, before workers are added.
        growth_pause_seconds: between two steps up, in which new workers begin to serve.
        calm_seconds: what was not needed for so long is surplus.
        longest_calm_seconds: as far as the penalty for a worker that was missed stretches that.
        missed_seconds: a shortage so soon after a step down means: that worker was missed.
        shrink_pause_seconds: between two steps down.
        saturated_seconds: all cores are busy, before workers beyond the CPU's use go sooner.
        brake_pause_seconds: between two steps down for want of memory or CPU.
        recycle_pause_seconds: between two workers that are retired, so that never many are new.
        pdf_seconds: a PDF waits for a worker and all wait, before an escape worker comes.
        settle_seconds: the number of workers has not changed, after somebody else changed it.
        confirm_seconds: a signal shows its effect, before it is given up as lost: longer than the
            beat of Odoo's master, 4 s.
    """

    shortage_seconds: float = 1.0
    growth_pause_seconds: float = 0.5
    calm_seconds: float = 300.0
    longest_calm_seconds: float = 1800.0
    missed_seconds: float = 300.0
    shrink_pause_seconds: float = 5.0
    saturated_seconds: float = 10.0
    brake_pause_seconds: float = 2.0
    recycle_pause_seconds: float = 60.0
    pdf_seconds: float = 2.0
    settle_seconds: float = 5.0
    confirm_seconds: float = 6.0


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Within what the number of workers is held.

    Attributes:
        floor, ceiling: fewest and most HTTP workers; a few more for PDFs that wait for themselves.
        worker_bytes: memory that one more worker is counted with.
        worker_connections: database connections that one more worker is counted with.
        worker_pss_limit_bytes: an idle worker above it is retired; None retires nobody.
        windows: how long something must last.
        why: each of the numbers with its reason, as sentences.
    """

    floor: int
    ceiling: int
    worker_bytes: int = HEAVY_WORKER_BYTES
    worker_connections: int = USUAL_HIGH
    worker_pss_limit_bytes: int | None = None
    windows: Windows = Windows()
    why: tuple[str, ...] = ()


class Victim(msgspec.Struct, frozen=True):
    """One process, by pid and birth."""

    pid: int
    start_ticks: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What to do now.

    Attributes:
        rule: whose decision: "shortage_up"; "" where no rule had a wish.
        count: how many workers to add; 1 for shrink and retire, 0 for hold.
        victim: the idle worker that leaves.
        why: half a sentence: "12 wait, nobody is idle for 1.2 s".
    """

    kind: Kind
    rule: str = ""
    count: int = 0
    victim: Victim | None = None
    why: str = ""
    evidence: list[Evidence] = []


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a step.

    Attributes:
        at_seconds: of the clock of the pulses, when it was over.
        signals: names of those sent, in order.
        done: workers added, or gone: as many as were seen to be.
        confirmed: whether the effect of every signal was seen.
        why: what stood in the way; "" where nothing did.
    """

    kind: Kind
    at_seconds: float
    signals: tuple[str, ...] = ()
    done: int = 0
    confirmed: bool = True
    why: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One look: what was seen, what was done or held, and why.

    Attributes:
        at_seconds: of the clock of the pulses.
        unix_seconds: the same by the clock on the wall; 0 until it is written down.
        boot: of the host, since which the clock of the pulses runs; "" where that is not known.
        kind, rule: of the step.
        sentence: all of it for people.
        looks: how many looks in a row had this kind and rule: the sentence is the last one's.
        workers, busy, idle, waiting: HTTP workers, and connections that wait for one.
        cores_busy: of the host.
        signals: that were sent.
    """

    schema: str = ENTRY_SCHEMA
    at_seconds: float
    unix_seconds: float = 0.0
    boot: str = ""
    kind: Kind
    rule: str
    sentence: str
    looks: int = 1
    workers: int
    busy: int
    idle: int
    waiting: int
    cores_busy: float
    floor: int
    ceiling: int
    signals: tuple[str, ...] = ()
    evidence: list[Evidence] = []


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How an autopilot is that runs.

    Attributes:
        pid: of the autopilot.
        deployment: which Odoo it holds.
        dry_run: it says what it would do, and signals nobody.
        since_unix_seconds: when it began.
        master_pid: of the server that it sees; None while there is none.
        bounds: within what it holds the number.
        last: the last entry; None before the first look.
        signals: how many of each it has sent.
        journal: where the entries are.
        trouble: what it cannot do: write its journal.
    """

    schema: str = STATUS_SCHEMA
    pid: int
    deployment: str
    dry_run: bool
    paused: bool
    since_unix_seconds: float
    master_pid: int | None
    bounds: Bounds
    last: Entry | None
    signals: dict[str, int]
    journal: str
    trouble: tuple[str, ...] = ()


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why there are as many workers as there are.

    Attributes:
        question: "why 7 workers now?"
        answer: in sentences.
        deeds: the entries of the last steps that led there, newest first.
        now: the last entry.
        bounds: the floor and the ceiling with their reasons.
    """

    schema: str = EXPLANATION_SCHEMA
    question: str
    answer: list[str]
    deeds: list[Entry]
    now: Entry
    bounds: list[str]
