"""How does the autopilot do on a server that exists only in virtual time?

A prefork server as the real one was seen to behave: a master with a population that signals change,
workers that take one connection at a time from a common queue, a CPU that those computing share.
Around it everything that may go wrong: reloads, somebody else's signals, slow masters, stopped
masters, lost memory, PDFs that wait for themselves. All of it from one seed.
"""

from __future__ import annotations

from collections import deque
from random import Random

import msgspec

from workeroo.autopilot.product import Bounds, Outcome, Step, Victim
from workeroo.evidence import Maybe, Unknown
from workeroo.facts.pulse import DatabasePulse, HostPulse, Pulse, State, Worker
from workeroo.units import GIB, MIB

START_SECONDS = 0.1
"""A fork of the master until it waits for connections: seen on the lab's Odoo 19."""

FRESH_PSS_BYTES = 60 * MIB
SHARED_BYTES = 62 * MIB
SLOWEST_MASTER_SECONDS = 8.0
"""A master may sit in a database call before it forks."""

MASTER_PID = 1000
PDF_SECONDS = 0.4


class Request(msgspec.Struct):
    """One connection: CPU first, then a wait.

    Attributes:
        pdf: that many connections it waits for, which its own program makes.
    """

    cpu_seconds: float
    wait_seconds: float
    pdf: int = 0


class Phase(msgspec.Struct, frozen=True):
    """What comes for a while."""

    seconds: float
    rate: float
    cpu_seconds: float
    wait_seconds: float
    pdf_share: float = 0.0


class SimulatedWorker:
    """An HTTP worker."""

    __slots__ = (
        "born",
        "core_wait",
        "cpu",
        "ending",
        "job",
        "old",
        "pid",
        "pss",
        "ready",
        "since",
        "waits_for",
    )

    def __init__(self, pid: int, born: float) -> None:
        self.pid = pid
        self.born = born
        self.ready = born + START_SECONDS
        self.job: Request | None = None
        self.since = born
        self.waits_for: list[Request] = []
        self.cpu = 0.0
        self.core_wait = 0.0
        self.pss = FRESH_PSS_BYTES
        self.ending = False
        self.old = False

    def state(self, now: float) -> State:
        """As a look sees it."""
        if self.old or (self.ending and self.job is None):
            return "ending"
        if self.job is not None:
            return "busy"
        return "starting" if now < self.ready else "idle"


class Server:
    """A prefork server with its host."""

    def __init__(self, random: Random, *, workers: int, cores: int, memory_bytes: int) -> None:
        self.random = random
        self.cores = cores
        self.memory_bytes = memory_bytes
        self.configured = workers
        self.population = workers
        self.now = 0.0
        self.master_ticks = 1
        self.stopped = False
        self.busy_seconds = 0.0
        self.locks = 0
        self.queue: deque[Request] = deque()
        self.workers: list[SimulatedWorker] = []
        self.pids = MASTER_PID
        self.late: list[tuple[float, int]] = []
        self.served = 0
        self.lost = 0
        self.spawn()

    def spawn(self) -> None:
        """The master refills up to its population; nobody while it is stopped."""
        while not self.stopped and self.present < self.population:
            self.pids += 1
            self.workers.append(SimulatedWorker(self.pids, self.now))

    @property
    def present(self) -> int:
        """Workers that the master counts."""
        return sum(not worker.ending for worker in self.workers)

    def advance(self, seconds: float, phase: Phase) -> None:
        """Let time pass, with what comes in it."""
        self._arrive(seconds, phase)
        self.now += seconds
        for at, change in [late for late in self.late if late[0] <= self.now]:
            self.late.remove((at, change))
            self.population += change
        self.workers = [w for w in self.workers if not w.ending or w.job is not None]
        self.spawn()
        self._work(seconds)

    def look(self) -> Pulse:
        """A pulse."""
        used = sum(worker.pss for worker in self.workers)
        available = max(0, self.memory_bytes - used - self.memory_bytes // 10)
        host = HostPulse(
            cores=self.cores,
            busy_seconds=self.busy_seconds,
            memory_available_bytes=available,
            memory_limit_bytes=self.memory_bytes,
        )
        database: Maybe[DatabasePulse] = Unknown("not asked")
        if self.locks:
            database = DatabasePulse(
                connections=20, most_connections=97, waiting_for_locks=self.locks
            )
        return Pulse(
            at_seconds=self.now,
            master_pid=MASTER_PID,
            master_start_ticks=self.master_ticks,
            master_stopped=self.stopped,
            port=8069,
            workers=tuple(self._seen(worker) for worker in self.workers),
            waiting=len(self.queue),
            backlog=8 * self.configured,
            host=host,
            database=database,
        )

    def do(self, step: Step) -> Outcome:
        """A step, as the hand does it on the real server."""
        slow = self.random.random() < 0.03  # noqa: PLR2004 - three in a hundred find the master busy
        if step.kind == "grow":
            return self._grow(step, slow=slow)
        return self._leave(step, slow=slow)

    def _grow(self, step: Step, *, slow: bool) -> Outcome:
        if slow:
            wait = self.random.uniform(1, SLOWEST_MASTER_SECONDS)
            self.late.append((self.now + wait, 1))
            return self._outcome(step, ("SIGTTIN",), done=0, confirmed=False)
        before = self.present
        self.population += step.count
        self.spawn()
        return self._outcome(step, ("SIGTTIN",) * step.count, done=self.present - before)

    def _leave(self, step: Step, *, slow: bool) -> Outcome:
        victim = self.find(step.victim)
        if victim is None or victim.state(self.now) != "idle":
            return self._outcome(step, (), done=0)
        if slow and step.kind == "shrink":
            # It took a connection between the two looks: the hand takes its first signal back.
            return self._outcome(step, ("SIGTTOU", "SIGTTIN"), done=0)
        if step.kind == "shrink":
            self.population -= 1
        victim.ending = True
        self.spawn()
        signals = ("SIGTTOU", "SIGINT") if step.kind == "shrink" else ("SIGINT",)
        return self._outcome(step, signals, done=1)

    def find(self, victim: Victim | None) -> SimulatedWorker | None:
        """The worker that a step names."""
        return next((w for w in self.workers if victim and w.pid == victim.pid), None)

    # What others do to it

    def reload(self) -> None:
        """SIGHUP to an Odoo 19: a second generation beside the first, as many as in the file."""
        for worker in self.workers:
            worker.ending = worker.old = True
        old = [w for w in self.workers if w.job is not None]
        self.population = self.configured
        self.workers = old
        self.spawn()

    def restart(self) -> None:
        """Another master on the same port."""
        self.lost += sum(worker.job is not None for worker in self.workers)
        self.master_ticks += 1
        self.stopped = False
        self.population = self.configured
        self.late.clear()
        self.workers = []
        self.spawn()

    def kill_one(self) -> None:
        """A time limit or the kernel ends a worker; its request is lost, whoever watches."""
        if self.workers:
            worker = self.random.choice(self.workers)
            self.lost += worker.job is not None
            self.workers.remove(worker)
            self.spawn()

    # How it works

    def _arrive(self, seconds: float, phase: Phase) -> None:
        due = phase.rate * seconds
        moment = self.random.expovariate(1)
        while moment < due:
            moment += self.random.expovariate(1)
            pdf = 2 if self.random.random() < phase.pdf_share else 0
            wait = self.random.expovariate(1 / phase.wait_seconds) if phase.wait_seconds else 0.0
            cpu = self.random.expovariate(1 / phase.cpu_seconds) if phase.cpu_seconds else 0.0
            self.queue.append(Request(cpu, wait, pdf))

    def _work(self, seconds: float) -> None:
        computing = sum(w.job is not None and w.job.cpu_seconds > 0 for w in self.workers)
        waiting = min(len(self.queue), len(self.workers) - computing)
        share = min(1.0, self.cores / max(computing + waiting, 1))
        for worker in self.workers:
            self._serve(worker, seconds, share)

    def _serve(self, worker: SimulatedWorker, seconds: float, share: float) -> None:
        """One worker's time: as many requests as fit in it."""
        left = seconds
        while left > 0:
            if worker.job is None and not self._accept(worker):
                return
            job = worker.job
            if job is None:
                return
            cpu = min(job.cpu_seconds, left * share)
            job.cpu_seconds -= cpu
            worker.cpu += cpu
            worker.core_wait += cpu / share - cpu
            self.busy_seconds += cpu
            left -= cpu / share
            if job.cpu_seconds > 0:
                return
            waits = min(job.wait_seconds, left)
            job.wait_seconds -= waits
            left -= waits
            if job.wait_seconds > 0 or self._pdf_waits(worker, job):
                return
            worker.job = None
            self.served += 1

    def _accept(self, worker: SimulatedWorker) -> bool:
        if worker.ending or self.now < worker.ready or not self.queue:
            return False
        worker.job = self.queue.popleft()
        worker.since = self.now
        worker.pss += int(self.random.expovariate(1) * MIB / 4)
        return True

    def _pdf_waits(self, worker: SimulatedWorker, job: Request) -> bool:
        """Whether the program that a worker started still waits for an answer of this server."""
        if job.pdf:
            worker.waits_for = [Request(0.01, 0.05) for _ in range(job.pdf)]
            job.pdf = 0
            self.queue.extend(worker.waits_for)
        worker.waits_for = [r for r in worker.waits_for if r.wait_seconds > 0 or r.cpu_seconds > 0]
        return bool(worker.waits_for)

    def _seen(self, worker: SimulatedWorker) -> Worker:
        return Worker(
            pid=worker.pid,
            start_ticks=worker.pid,
            part="http worker",
            state=worker.state(self.now),
            old=worker.old,
            connections=int(worker.job is not None),
            request_seconds=self.now - worker.since if worker.job is not None else 0.0,
            age_seconds=self.now - worker.born,
            cpu_seconds=worker.cpu,
            core_wait_seconds=worker.core_wait,
            pss_bytes=worker.pss,
            rss_bytes=worker.pss + SHARED_BYTES,
            children=("wkhtmltopdf",) if worker.waits_for else (),
        )

    def _outcome(
        self, step: Step, signals: tuple[str, ...], *, done: int, confirmed: bool = True
    ) -> Outcome:
        return Outcome(
            kind=step.kind, at_seconds=self.now, signals=signals, done=done, confirmed=confirmed
        )


def random_server(random: Random) -> Server:
    """A host and a server of any size."""
    cores = random.choice([1, 2, 2, 4, 8])
    return Server(
        random,
        workers=random.randint(2, 2 * cores + 1),
        cores=cores,
        memory_bytes=random.choice([1, 2, 4, 8]) * GIB,
    )


def random_bounds(random: Random, bounds: Bounds) -> Bounds:
    """A floor and a ceiling, the rest as given."""
    floor = random.choice([2, 2, 2, 3, 4])
    return msgspec.structs.replace(bounds, floor=floor, ceiling=floor + random.randint(0, 24))


def random_phases(random: Random, seconds: float) -> list[Phase]:
    """Calm, blasts of computing, slow providers, PDFs: in any order, for so long together."""
    phases = []
    while seconds > 0:
        length = min(seconds, random.uniform(5, 30))
        kind = random.random()
        rate = random.choice([0.2, 1, 3, 10, 30])
        if kind < 0.3:  # noqa: PLR2004 - shares of the kinds, any would do
            phases.append(Phase(length, rate, 0.02, 0.03))
        elif kind < 0.55:  # noqa: PLR2004
            phases.append(Phase(length, rate, random.uniform(0.05, 0.5), 0.0))
        elif kind < 0.85:  # noqa: PLR2004
            phases.append(Phase(length, rate, 0.01, random.uniform(0.2, 3)))
        else:
            phases.append(Phase(length, min(rate, 3), 0.1, 0.5, pdf_share=0.5))
        seconds -= length
    return phases
