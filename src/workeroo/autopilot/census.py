"""How many HTTP workers do what, in one look? Counted once, asked by all."""

from __future__ import annotations

from typing import NamedTuple

from workeroo.facts.pulse import Pulse, Worker

PDF_PROGRAM = "wkhtmltopdf"


class Census(NamedTuple):
    """The HTTP workers of a pulse.

    Attributes:
        present: as the master counts them: none that has ended or is of before a reload.
        busy, starting, stopped: of those; a stopped one serves nobody until somebody continues it.
        idle: they themselves.
        short: connections wait, and nobody is there for them, nor about to be.
        pdf: likewise, and a worker waits for a PDF whose program may be among those that wait.
    """

    present: int
    busy: int
    starting: int
    stopped: int
    idle: list[Worker]
    short: bool
    pdf: bool


def census(pulse: Pulse) -> Census:
    """Count them."""
    present = busy = starting = stopped = 0
    idle = []
    pdf = False
    for worker in pulse.workers:
        state = worker.state
        if worker.part != "http worker" or state == "ending":
            continue
        present += 1
        if state == "busy":
            busy += 1
            pdf = pdf or PDF_PROGRAM in worker.children
        elif state == "idle":
            idle.append(worker)
        elif state == "starting":
            starting += 1
        elif state == "stopped":
            stopped += 1
    short = pulse.waiting > 0 and not idle and not starting
    return Census(present, busy, starting, stopped, idle, short, short and pdf)


def present(pulse: Pulse) -> int:
    """How many the master counts."""
    return census(pulse).present
