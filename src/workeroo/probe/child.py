"""What is one process of a server doing, as far as that can be seen from outside?"""

from __future__ import annotations

import resource
from pathlib import Path
from typing import NamedTuple

from workeroo.evidence import Maybe, Unknown
from workeroo.facts.commandline import split
from workeroo.facts.glance import Glance
from workeroo.facts.process import Part
from workeroo.facts.procstat import TICKS_PER_SECOND
from workeroo.facts.pulse import State, Worker
from workeroo.facts.servers import Seen, part_of_child
from workeroo.probe.holders import Holder
from workeroo.probe.opened import OpenedProcess

_PAGE_BYTES = resource.getpagesize()

_PROGRAM_SECONDS = 1.0
"""Programs that a worker started are looked for so often, and only in one that has been busy for so
long: a PDF takes longer than that."""

_ACCEPTING: tuple[Part, ...] = ("http worker", "threaded server")


class Moment(NamedTuple):
    """What is the same for all processes in one look.

    Attributes:
        now: of a monotonic clock.
        boot_seconds: since the boot.
        evented: connections that the evented process holds.
    """

    now: float
    boot_seconds: float
    evented: int


class Child:
    """One process, from look to look.

    Attributes:
        part: None while it is not known yet: it has just been forked.
        pss_at_seconds: when its memory was looked at.
    """

    def __init__(self, process: OpenedProcess, glance: Glance, proc: Path, *, old: bool) -> None:
        self.process = process
        self.part: Part | None = None
        self._old = old
        self.holder = Holder(process)
        self.pss_at_seconds = float("-inf")
        self._glance = glance
        self._pss: Maybe[int] = Unknown("not looked at yet")
        self._before_seconds = glance.cpu_seconds
        self._programs: tuple[str, ...] = ()
        self._programs_at_seconds = float("-inf")
        self._proc = proc

    @classmethod
    def found(cls, pid: int, proc: Path, master: OpenedProcess) -> Child | None:
        """A process that was not there at the last look; None when it has gone already."""
        try:
            process = OpenedProcess(pid, proc)
        except OSError:
            return None
        glance = process.glance()
        if glance is None:
            process.close()
            return None
        return cls(process, glance, proc, old=_is_old(process, master))

    @property
    def old(self) -> bool:
        """Whether an earlier image of the master forked it."""
        return self._old and self.part not in ("evented", "threaded server")

    @property
    def accepts(self) -> bool:
        """Whether it takes requests, now or before it got told to end."""
        return self.part in _ACCEPTING and not self._glance.gone

    @property
    def closed(self) -> str | None:
        """Why it is not seen what it serves."""
        closed = self.process.closed
        return closed if closed and self.accepts else None

    def look(self, top: Seen, *, prefork: bool) -> bool:
        """Look again; False when it has gone."""
        glance = self.process.glance()
        if glance is None or glance.start_ticks != self._glance.start_ticks:
            return False
        self._before_seconds = self._glance.cpu_seconds
        self._glance = glance
        if self.part is None:
            self._recognise(top, prefork=prefork)
        return True

    def outlive(self) -> None:
        """The master runs another image now, of which this is no child."""
        self._old = True

    def weigh(self, now: float) -> None:
        """Look at its share of memory."""
        self.pss_at_seconds = now
        if self._glance.gone:
            return
        pss = self.process.pss_bytes()
        self._pss = Unknown("this user may not read it") if pss is None else pss

    def worker(self, moment: Moment) -> Worker:
        """What was seen of it."""
        glance = self._glance
        pss_age = moment.now - self.pss_at_seconds if isinstance(self._pss, int) else 0.0
        since = self.holder.since.values()
        request_seconds = max(0.0, moment.now - min(since)) if since else 0.0
        state = self._state()
        return Worker(
            pid=self.process.pid,
            start_ticks=glance.start_ticks,
            part=self.part or self._likely(),
            state=state,
            old=self.old,
            connections=moment.evented if self.part == "evented" else len(since),
            request_seconds=request_seconds,
            age_seconds=max(0.0, moment.boot_seconds - glance.start_ticks / TICKS_PER_SECOND),
            cpu_seconds=glance.cpu_seconds,
            rss_bytes=glance.rss_pages * _PAGE_BYTES,
            vms_bytes=glance.vms_bytes,
            pss_bytes=self._pss,
            pss_age_seconds=pss_age,
            children=self._children(moment.now, request_seconds),
        )

    def close(self) -> None:
        """Give back its open files."""
        self.process.close()

    def _recognise(self, top: Seen, *, prefork: bool) -> None:
        if self.process.pid == top.pid:
            self.part = "threaded server"
            self.holder.many = True
        elif prefork and not self._glance.handles_workers and not self._glance.gone:
            argv = split(self.process.argv())
            if not argv:  # in the midst of an exec: it is told at the next look
                return
            seen = Seen(pid=self.process.pid, parent_pid=top.pid, nice=self._glance.nice, argv=argv)
            self.part = part_of_child(top, seen)[0]
        elif self.old and not self._glance.gone:
            # It handles signals as the master did: it waits for the new image and ends the old
            # workers (Odoo 19's reload).
            self.part = "other"

    def _likely(self) -> Part:
        return "cron worker" if self._glance.nice > 0 else "http worker"

    def _state(self) -> State:
        if self._glance.gone or self.old:
            return "ending"
        if self.part == "http worker" and self._glance.leaves:
            return "ending"
        if self._glance.stopped:
            return "stopped"
        if self.part is None:
            return "starting"
        if self.part in _ACCEPTING:
            return "busy" if self.holder.since else "idle"
        return "busy" if self._glance.cpu_seconds > self._before_seconds else "idle"

    def _children(self, now: float, busy_seconds: float) -> tuple[str, ...]:
        """Programs that it started and waits for."""
        if busy_seconds < _PROGRAM_SECONDS:
            self._programs = ()
        elif now - self._programs_at_seconds >= _PROGRAM_SECONDS:
            self._programs_at_seconds = now
            pids = self.process.child_pids() or []
            self._programs = tuple(sorted(_program(pid, self._proc) for pid in pids))
        return self._programs


def _is_old(process: OpenedProcess, master: OpenedProcess) -> bool:
    """Whether it was forked by an earlier image of the master.

    A worker inherits the pipe by which its master wakes itself. A program that was started has
    none of it, nor has a worker of an image that is no more; but that one has pipes of its own.
    """
    pipes = process.pipes()
    if not pipes:
        return False
    glance = process.glance()
    return glance is not None and not pipes & master.pipes()


def _program(pid: int, proc: Path) -> str:
    try:
        process = OpenedProcess(pid, proc)
    except OSError:
        return ""
    name = process.name()
    process.close()
    return name
