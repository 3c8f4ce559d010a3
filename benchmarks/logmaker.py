#!/usr/bin/env python3
"""What would the log of a busy Odoo look like, of any size, and what is the truth about it?

Seeded: the same shape gives the same bytes. Each worker is played by itself: it waits, serves,
waits again, and ends in one of the ways in which workers end; the lines of all are put in the
order of their times. So no worker serves two requests at once, pids change as workers are
replaced, and what an analysis has to find is counted while it is made.

    .venv/bin/python benchmarks/logmaker.py FILE [--size 1000] [--seed 19] [--series 19] [--modes]

writes FILE and FILE.truth.json; 1000 MB in about a minute.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import numpy as np
from loglives import TIME_LIMIT_SECONDS, Ints, Life, Lives, Routes
from logroutes import DIALECTS, routes_of
from logshape import SUMS, Shape, Truth, truth_path
from logtext import entry_text, request_texts, stamp
from logtroubles import ASIDES, CPU_EXCEEDED, FAILURES, JOBS, SERIALIZATION

START_MS = int(datetime(2026, 11, 2, tzinfo=timezone.utc).timestamp()) * 1000
CPU_LIMIT_SECONDS = 60
MASTER, EVENTED, CRON = 3990, 3991, 3992
OTHER_LINES = 7 / 93
"""For each request line."""
ASIDE_SHARE = 0.03
"""Of requests that write a line of their own before their request line."""
SOCKET_SHARE = 0.6
"""Of what cron workers and the evented process write; the rest are scheduled actions."""
SELDOM_MS = 20_000
"""These write at least so often, however much is written by others."""
ENDINGS = {
    "request-limit": 0.80,
    "soft-memory-limit": 0.12,
    "worker-timeout": 0.05,
    "cpu-limit": 0.03,
}
BYTES_AT_A_TIME = 16 * 1000**2

_MODES = np.array([" ro", " rw", " ro->rw"])
_ASIDES = [n for n, (weight, *_) in enumerate(ASIDES) for _ in range(weight)]


class Entries(NamedTuple):
    """Entries of the log with their times: one line each, some with lines below or before it."""

    at_ms: Ints
    texts: list[str]


class LogMaker:
    """Makes one log; `pieces` gives its bytes, and fills `truth` meanwhile."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.truth = Truth(shape=shape._asdict())
        self.draw = np.random.default_rng(shape.seed)
        self.dialect = DIALECTS[shape.series]
        self.routes = Routes(routes_of(self.dialect), times_static=self.dialect.times_static)
        self.lives = Lives(self.draw, self.routes, shape.life_requests, shape.troubles)
        self.sums = np.zeros((len(SUMS), len(self.routes.all)), dtype=np.int64)
        self.addresses = [f"10.0.0.{n}" for n in range(1, 251)]
        self.next_pid = 4000
        self.pending: list[Entries] = []
        self.loose: list[tuple[int, str]] = []
        self.pending_bytes = 0
        self.others_until_ms = START_MS + 1000

    def pieces(self) -> Iterator[bytes]:
        """The log, some megabytes of whole entries at a time."""
        self._start()
        clocks_ms = [START_MS] * self.shape.workers
        at_a_time = min(BYTES_AT_A_TIME, self.shape.size_bytes)
        while self.truth.size_bytes + self.pending_bytes < self.shape.size_bytes:
            worker = min(range(len(clocks_ms)), key=clocks_ms.__getitem__)
            clocks_ms[worker] = self._live(clocks_ms[worker])
            if self.pending_bytes >= at_a_time and min(clocks_ms) > START_MS + 1:
                yield self._emit(min(clocks_ms))
        yield self._emit(max(clocks_ms) + 1)
        self._close()

    def _live(self, clock_ms: int) -> int:
        """Play one process from its birth to its end, which is told."""
        born_ms = clock_ms + int(self.draw.integers(20, 900))
        self.next_pid += int(self.draw.integers(1, 30))
        life, troubles = self.lives.next(self.next_pid, born_ms)
        self._server(born_ms, life.pid, f"Worker WorkerHTTP ({life.pid}) alive")
        self.truth.told["worker-alive"] += 1
        self._count(life)
        texts = self._requests(life)
        for place in np.flatnonzero(self.draw.random(len(texts)) < ASIDE_SHARE).tolist():
            texts[place] = f"{self._aside(int(life.at_ms[place]), life.pid)}\n{texts[place]}"
        for place, kind in troubles.items():
            trouble = self._trouble(kind, int(life.at_ms[place]), life.pid)
            texts[place] = f"{trouble}\n{texts[place]}"
        self._add(life.at_ms, texts)
        return self._end(life)

    def _count(self, life: Life) -> None:
        """Add a life to the truth."""
        timed = ~life.untimed
        for row, values in enumerate((
            np.ones(len(timed)), life.status >= 500, life.untimed,  # noqa: PLR2004 - HTTP's
            timed * life.queries, timed * (life.sql + life.rest), timed * life.sql,
        )):  # fmt: skip
            sums = np.bincount(life.route, weights=values, minlength=self.sums.shape[1])
            self.sums[row] += sums.astype(np.int64)
        self.truth.requests += len(timed)

    def _requests(self, life: Life) -> list[str]:
        """The request lines of a life."""
        count = len(life.at_ms)
        chosen = self.draw.integers(0, len(self.addresses), count).tolist()
        addresses = [self.addresses[n] for n in chosen]
        told = self.shape.modes
        modes = self.draw.choice(_MODES, count).tolist() if told else [""] * count
        return request_texts(life, self.lives.paths, addresses, modes)

    def _trouble(self, kind: str, at_ms: int, pid: int) -> str:
        """The entries of one trouble."""
        self.truth.told[kind] += 1
        if kind != "serialization-retry":
            said = f"{self.dialect.request_failed} \n{FAILURES[kind]}"
            return self._entry(at_ms, pid, "ERROR", "odoo.http", said)
        again = self.dialect.retry.format(wait=float(self.draw.random()))
        return "\n".join([
            self._entry(at_ms, pid, "ERROR", "odoo.sql_db", SERIALIZATION),
            self._entry(at_ms, pid, "INFO", "odoo.service.model", again),
        ])  # fmt: skip

    def _end(self, life: Life) -> int:
        """How a worker ends; when the next one can take its place."""
        at_ms, pid = int(life.at_ms[-1]) + 3, life.pid
        ending = str(self.draw.choice(list(ENDINGS), p=list(ENDINGS.values())))
        self.truth.told[ending] += 1
        if ending == "worker-timeout":  # the request that it hangs in leaves no line
            at_ms += TIME_LIMIT_SECONDS * 1000 + int(self.draw.integers(500, 9000))
            self._server(at_ms, MASTER, f"WorkerHTTP ({pid}) timeout after {TIME_LIMIT_SECONDS}s",
                         level="ERROR")  # fmt: skip
            return at_ms
        if ending == "cpu-limit":
            at_ms += CPU_LIMIT_SECONDS * 1000 + int(self.draw.integers(10, 9000))
            self._server(
                at_ms, pid, f"Worker ({pid}) CPU time limit ({CPU_LIMIT_SECONDS}) reached."
            )
            crash = f"Worker ({pid}) Exception occurred, exiting... \n{CPU_EXCEEDED}"
            self._server(at_ms + 1, pid, crash, level="ERROR")
            return at_ms + 1
        count = len(life.at_ms)
        if ending == "soft-memory-limit":
            reached = f"virtual memory limit ({int(self.draw.integers(2**31, 2**31 + 2**28))})"
        else:
            reached = f"max request ({count})"
        self._server(at_ms, pid, f"Worker ({pid}) {reached} reached.")
        self.truth.told["worker-exit"] += 1
        exiting = f"Worker ({pid}) exiting. request_count: {count}, registry count: 1."
        self._server(at_ms + 2, pid, exiting)
        return at_ms + 2

    def _aside(self, at_ms: int, pid: int) -> str:
        """A line that a request writes and that tells nothing about workers."""
        n, a, b, chosen = self.draw.integers(1, 250, 4).tolist()
        _, level, logger, said = ASIDES[_ASIDES[chosen % len(_ASIDES)]]
        return self._entry(at_ms, pid, level, logger, said.format(n=n, a=a, b=b))

    def _others(self, until_ms: int) -> None:
        """What cron workers and the evented process write up to a time."""
        since_ms = self.others_until_ms
        if until_ms <= since_ms:
            return
        self.others_until_ms = until_ms
        missing = int(self.truth.requests * (1 + OTHER_LINES)) - self.truth.lines
        count = max(missing, (until_ms - since_ms) // SELDOM_MS)
        times = np.sort(self.draw.integers(since_ms, until_ms, count)).tolist()
        numbers = self.draw.integers(1, 250, (count, 3)).tolist()
        kinds = self.draw.random(count).tolist()
        busy_until_ms = 0
        for at_ms, (n, a, b), kind in zip(times, numbers, kinds, strict=True):
            if kind < SOCKET_SHARE:
                self._socket(at_ms, self.addresses[a], b)
            elif at_ms > busy_until_ms and kind < (1 + SOCKET_SHARE) / 2:  # it has two lines
                busy_until_ms = self._job(at_ms, n % len(JOBS), until_ms)

    def _socket(self, at_ms: int, address: str, size: int) -> None:
        """A request of the evented process, which has a layout of its own."""
        date = stamp(at_ms)[0]
        took = float(self.draw.exponential(20))
        answer = 101 if "websocket" in self.dialect.bus else 200
        told = f'{address} - - [{date}] "{self.dialect.bus} HTTP/1.1" {answer} {size} {took:.6f}'
        self._add_entry(at_ms, EVENTED, "INFO", "longpolling", told)
        self.truth.told["evented-request"] += 1

    def _job(self, at_ms: int, number: int, until_ms: int) -> int:
        """One run of a scheduled action; when it ends."""
        job, dialect = JOBS[number], self.dialect
        took = min(int(self.draw.lognormal(6, 1.5)), 60_000, until_ms - at_ms)
        took -= took % 10  # some series tell hundredths
        logger = "odoo.addons.base.models.ir_cron"
        said = {"job": job, "id": number + 1, "seconds": took / 1000}
        self._add_entry(at_ms, CRON, "INFO", logger, dialect.job_starts.format(**said))
        self.truth.told["cron-start"] += 1
        if dialect.job_ends:
            ends = dialect.job_ends.format(**said)
            self._add_entry(at_ms + took, CRON, "INFO", logger, ends)
            self.truth.told["cron-done"] += 1
        if dialect.tells_seconds:
            self.truth.jobs.setdefault(job, Counter()).update(runs=1, ms=took)
        return at_ms + took

    def _start(self) -> None:
        """What a server writes when it starts."""
        for pid, service in (
            (MASTER, "HTTP service (werkzeug) running on 0.0.0.0:8069"),
            (EVENTED, "Evented Service (longpolling) running on 0.0.0.0:8072"),
        ):
            self._add_entry(START_MS, pid, "INFO", "odoo", f"Odoo version {self.dialect.version}")
            self._add_entry(START_MS, pid, "INFO", "odoo.service.server", service)
        self._add_entry(
            START_MS, MASTER, "INFO", self.dialect.registry, "Registry loaded in 1.371s"
        )
        self._server(START_MS + 1, CRON, f"Worker WorkerCron ({CRON}) alive")
        self.truth.told["worker-alive"] += 1

    def _server(self, at_ms: int, pid: int, said: str, *, level: str = "INFO") -> None:
        self._add_entry(at_ms, pid, level, "odoo.service.server", said)

    def _add_entry(self, at_ms: int, pid: int, level: str, logger: str, said: str) -> None:
        self.loose.append((at_ms, self._entry(at_ms, pid, level, logger, said)))

    def _entry(self, at_ms: int, pid: int, level: str, logger: str, said: str) -> str:
        """An entry that is no request; counted."""
        self.truth.headers += 1
        self.truth.lines += 1 + said.count("\n")
        return entry_text(at_ms, pid, level, logger, said)

    def _add(self, at_ms: Ints, texts: list[str]) -> None:
        self.pending.append(Entries(at_ms, texts))
        self.pending_bytes += sum(map(len, texts)) + len(texts)
        self.truth.lines += len(texts)
        self.truth.headers += len(texts)

    def _emit(self, until_ms: int) -> bytes:
        """The entries up to a time, in its order; all workers have been played up to it."""
        self._others(until_ms)
        times = np.array([at for at, _ in self.loose], dtype=np.int64)
        self.pending.append(Entries(times, [text for _, text in self.loose]))
        self.loose = []
        at_ms = np.concatenate([one.at_ms for one in self.pending])
        texts = [text for one in self.pending for text in one.texts]
        order = np.argsort(at_ms, kind="stable")
        cut = int(np.searchsorted(at_ms[order], until_ms))
        now, later = order[:cut], order[cut:].tolist()
        piece = ("\n".join([texts[n] for n in now.tolist()]) + "\n").encode()
        kept = Entries(at_ms[later], [texts[n] for n in later])
        self.pending, self.pending_bytes = [kept], sum(map(len, kept.texts)) + len(later)
        self.truth.size_bytes += len(piece)
        if not self.truth.first_ms:
            self.truth.first_ms = int(at_ms[now[0]])
        self.truth.last_ms = int(at_ms[now[-1]])
        return piece

    def _close(self) -> None:
        """Name what was counted by number."""
        for route, values in zip(self.routes.all, self.sums.T.tolist(), strict=True):
            if values[0]:
                one = self.truth.classes.setdefault(route.name, Counter())
                one.update(dict(zip(SUMS, values, strict=True)))
        total = dict(zip(SUMS, self.sums.sum(axis=1).tolist(), strict=True))
        self.truth.errors, self.truth.untimed = total["errors"], total["untimed"]
        self.truth.queries = total["queries"]
        self.truth.busy_ms, self.truth.sql_ms = total["service_ms"], total["sql_ms"]


def make_log(path: Path, shape: Shape) -> Truth:
    """Write a log, and beside it the truth about it."""
    maker = LogMaker(shape)
    with path.open("wb") as log:
        for piece in maker.pieces():
            log.write(piece)
    maker.truth.write(path)
    return maker.truth


def main() -> None:
    """Write the log that the options tell of."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", type=int, default=1000, help="megabytes")
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--series", type=int, default=19, choices=sorted(DIALECTS))
    parser.add_argument("--modes", action="store_true", help="tell the cursor's mode")
    given = parser.parse_args()
    shape = Shape(given.size * 1000**2, given.seed, given.series, given.modes)
    truth = make_log(given.file, shape)
    share = 100 * truth.requests / truth.lines
    print(f"{truth.lines} lines, {truth.size_bytes / truth.lines:.0f} bytes each, "
          f"{share:.1f} % requests; the truth: {truth_path(given.file)}")  # fmt: skip


if __name__ == "__main__":
    main()
