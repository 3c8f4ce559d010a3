"""Looks at servers, as they were seen and as they could be, for the tests of what is shown."""

from __future__ import annotations

import msgspec

from workeroo.autopilot.product import Bounds, Entry, Status
from workeroo.evidence import Unknown
from workeroo.facts.pulse import DatabasePulse, HostPulse, Pulse, Worker
from workeroo.report.top_product import Top, top_of

MIB = 1024**2
NOON = 1_790_000_000.0


def worker(pid: int, **told: object) -> Worker:
    base = Worker(
        pid=pid,
        start_ticks=pid,
        part="http worker",
        state="idle",
        age_seconds=12_345.0,
        cpu_seconds=10.0,
        rss_bytes=152 * MIB,
        vms_bytes=640 * MIB,
        pss_bytes=81 * MIB,
    )
    return msgspec.structs.replace(base, **told)


WORKERS = (
    worker(2011, state="busy", connections=1, request_seconds=0.31, cpu_seconds=10.5),
    worker(2012, state="busy", connections=1, request_seconds=41.2, children=("wkhtmltopdf",)),
    worker(2013, pss_bytes=Unknown("not looked at yet"), age_seconds=3.1),
    worker(2014, state="stopped"),
    worker(2015, state="ending", old=True, connections=1, request_seconds=2.5),
    worker(2016, part="evented", cpu_seconds=10.1),
    worker(2017, part="cron worker", state="busy", cpu_seconds=10.9),
)

HOST = HostPulse(
    cores=2.0,
    busy_seconds=1000.0,
    memory_available_bytes=2048 * MIB,
    memory_limit_bytes=8192 * MIB,
    cpu_pressure=37.4,
    memory_pressure=0.0,
    io_pressure=1.2,
)

LATER = Pulse(
    at_seconds=110.0,
    master_pid=2010,
    master_start_ticks=7,
    port=8069,
    workers=WORKERS,
    waiting=3,
    backlog=32,
    oldest_wait_seconds=0.42,
    served=1000,
    host=msgspec.structs.replace(HOST, busy_seconds=1001.5),
    database=DatabasePulse(
        connections=23, most_connections=97, waiting_for_locks=2, age_seconds=8.0
    ),
)
EARLIER = msgspec.structs.replace(
    LATER,
    at_seconds=109.0,
    served=992,
    host=HOST,
    workers=tuple(msgspec.structs.replace(each, cpu_seconds=10.0) for each in WORKERS),
)
DECISIONS = [
    Entry(
        at_seconds=100.0, unix_seconds=NOON - 10, kind="grow", rule="shortage_up",
        sentence="Added 2 workers, 5 now: 4 wait, nobody is idle for 1.1 s; "
        "0.6 cores and 2 GiB are free.",
        workers=5, busy=3, idle=0, waiting=4, cores_busy=1.4, floor=2, ceiling=9,
        signals=("SIGTTIN", "SIGTTIN"),
    ),
    Entry(
        at_seconds=109.0, unix_seconds=NOON - 1, kind="hold", rule="",
        sentence="Held 5 workers: 2 busy, 1 idle, nobody waits.",
        workers=5, busy=2, idle=1, waiting=0, cores_busy=1.5, floor=2, ceiling=9,
    ),
]  # fmt: skip
STATUS = Status(
    pid=1999, deployment="odoo (pid 2010, port 8069)", dry_run=False, paused=False,
    since_unix_seconds=NOON - 1000, master_pid=2010, bounds=Bounds(floor=2, ceiling=9),
    last=DECISIONS[-1], signals={"SIGTTIN": 2}, journal="/var/lib/workeroo/autopilot/8069.jsonl",
)  # fmt: skip

BUSY = top_of("odoo (pid 2010, port 8069)", NOON, [EARLIER, LATER], STATUS, DECISIONS)


def calm() -> Top:
    """Nothing waits, nothing is known of an autopilot."""
    quiet = msgspec.structs.replace(
        LATER,
        waiting=0,
        oldest_wait_seconds=0.0,
        workers=(worker(2011), worker(2012)),
        host=msgspec.structs.replace(HOST, cpu_pressure=0.0, io_pressure=0.0),
        database=Unknown("PostgreSQL is not asked"),
    )
    return top_of("odoo (pid 2010, port 8069)", NOON, [quiet], None, [])


def threaded() -> Top:
    """A threaded server."""
    one = worker(2010, part="threaded server", state="busy", connections=4, request_seconds=2.0)
    pulse = msgspec.structs.replace(LATER, workers=(one,), waiting=0)
    return top_of("odoo (pid 2010, port 8069)", NOON, [pulse], None, [])
