#!/usr/bin/env python3
"""Does a heavy scheduled action on a backend of its own leave the users of the frontend alone?

Real Odoo 19 servers on the webshop database, asked by arrivals that wait for nobody (Poisson):

    split   a frontend on the first core (3 workers, no scheduled actions) and a backend on the
            second (2 workers, 1 for scheduled actions), two masters on one PostgreSQL, which runs
            on the frontend's core, as on the frontend's host; then free, on both cores
    mixed   one server on both cores (5 workers, 1 for scheduled actions), a PostgreSQL of its own

Each is asked without a scheduled action, with one that computes, and with one that has PostgreSQL
compute; the same requests at the same moments each time, the conditions in turn, round after round,
so that a slow moment of the machine hits all alike. A latency counts from the moment at which a
request should have begun. This program is pinned nowhere.

    .venv/bin/python benchmarks/isolation.py [--quick] [--json] [--write-docs]

Needs two cores and the lab (`workeroo lab up`); about 11 minutes, with --quick under 3.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import isolation_page
from isolation_page import QUIET_CORES, Condition, Figures, Machine, Results, percentile

from workeroo.lab.lab import Lab
from workeroo.lab.postgres import find_cluster
from workeroo.lab.process import PROC, works_in
from workeroo.lab.wait import wait_until

CONF = """\
[options]
workers = {workers}
max_cron_threads = {crons}
limit_memory_soft = 2147483648
limit_memory_hard = 2684354560
; the scheduled action shall last as long as it is asked to
limit_time_cpu = 600
limit_time_real = 1200
db_maxconn = 8
list_db = False
"""

PAGES = {"/shop/customizable-desk-9": 2, "/shop/cart": 4, "/web/login": 2, "/contactus": 2}
"""What users ask for, with how often: 80, 25, 20 and 10 ms on one core of a Xeon at 2.6 GHz."""

UTILISATION = 0.4
"""Of the frontend's core, with PostgreSQL on it: busy, with room for bursts."""

SECONDS, ROUNDS = 10, 5
QUICK_SECONDS, QUICK_ROUNDS = 7, 1

SPARE_SHARE = 0.25
"""Of the time of a run: spent on measuring again where others kept the cores busy."""

QUIET = """
UPDATE ir_cron SET active = false WHERE id NOT IN
    (SELECT res_id FROM ir_model_data WHERE module = 'workeroo_lab' AND name = 'cron')
"""
"""No other scheduled action may run meanwhile."""

RUNS = """
UPDATE ir_act_server SET code = '{code}' WHERE id IN (
    SELECT ir_actions_server_id FROM ir_cron WHERE id IN
        (SELECT res_id FROM ir_model_data WHERE module = 'workeroo_lab' AND name = 'cron'))
"""

ACTIONS = {
    "computes": "model.search([]).pull()",
    "queries": """
end = time.time() + model.search([], limit=1).cron_burn_seconds
while time.time() < end:
    env.cr.execute("SELECT sum(sqrt(n)) FROM generate_series(1, 300000) AS n")
""",
}
"""What the scheduled action runs: the lever of the lab, or one query after the other."""

DONE = re.compile(r"Job 'Workeroo Lab: work as asked' .* fully done .*duration ([\d.]+)s")
STARTING = re.compile(r"Job 'Workeroo Lab: work as asked' .* starting")


class Arrival(NamedTuple):
    """A request that should begin so many seconds after the start."""

    seconds: float
    path: str


class Stand(NamedTuple):
    """Where users ask, and where scheduled actions run: two servers, or the same one.

    Attributes:
        postgres_cores: where PostgreSQL may run.
    """

    asked: Lab
    cron: Lab
    postgres_cores: list[int]


# The servers


@contextmanager
def stands() -> Iterator[dict[str, Stand]]:
    """The servers, up and free of every scheduled action but the lever; destroyed at the end."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def up(name: str, workers: int, crons: int, cpus: list[int], beside: str | None) -> Lab:
            conf = folder / f"{name}.conf"
            conf.write_text(CONF.format(workers=workers, crons=crons), encoding="utf-8")
            lab = Lab.named(f"isolation-{name}")
            stack.callback(lab.destroy)
            say(f"starting {name}")
            lab.up(conf=conf, database=None if beside else "shop", cpus=cpus, beside=beside)
            return lab

        frontend = up("frontend", 3, 0, cores[:1], None)
        backend = up("backend", 2, 1, cores[1:], frontend.name)
        mixed = up("mixed", 5, 1, cores, None)
        for lab in (frontend, mixed):
            query(lab, QUIET)
        yield {
            "split": Stand(frontend, backend, cores[:1]),
            "split, PostgreSQL free": Stand(frontend, backend, cores),
            "mixed": Stand(mixed, mixed, cores),
        }


def place_postgres(stand: Stand) -> None:
    """Let PostgreSQL run on its cores; what it starts later inherits them."""
    for pid in working_in(stand.asked.folder.cluster):
        with suppress(ProcessLookupError):  # a connection that has ended meanwhile
            os.sched_setaffinity(pid, stand.postgres_cores)


def working_in(folder: Path) -> list[int]:
    """The processes of a server."""
    pids = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())
    return [pid for pid in pids if works_in(pid, folder)]


def query(lab: Lab, sql: str) -> None:
    """Change the database behind Odoo's back."""
    find_cluster(lab.folder, lab.user).query(sql, "shop")


@contextmanager
def scheduled(lab: Lab, action: str | None, seconds: float) -> Iterator[None]:
    """A scheduled action that runs on a server all the while; over when this is over."""
    if action is None:
        yield
        return
    query(lab, RUNS.format(code=ACTIONS[action].replace("'", "''")))
    before = lab.log_path.stat().st_size

    def told(line: re.Pattern[str]) -> list[str]:
        return line.findall(lab.log_path.read_bytes()[before:].decode(errors="replace"))

    path = f"/workeroo_lab/cron?burn={seconds}"
    if asyncio.run(asked_alone(lab.http_port, path)) is None:
        raise SystemExit("the scheduled action could not be triggered")
    wait_until(lambda: bool(told(STARTING)), seconds=90, what="the start of the action")
    yield
    wait_until(lambda: bool(told(DONE)), seconds=10 * seconds, what="the end of the action")


# The load


def arrivals(seed: int, rate: float, seconds: float) -> list[Arrival]:
    """Requests that come at random and wait for nobody; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a load, not a secret
    found = []
    moment = chance.expovariate(rate)
    while moment < seconds:
        found.append(Arrival(moment, chance.choices(list(PAGES), list(PAGES.values()))[0]))
        moment += chance.expovariate(rate)
    return found


async def load(port: int, wanted: list[Arrival]) -> list[float | None]:
    """The latency in seconds of each request, None where it failed."""
    loop = asyncio.get_running_loop()
    start = loop.time() + 0.2

    async def one(arrival: Arrival) -> float | None:
        await asyncio.sleep(start + arrival.seconds - loop.time())
        good = await ask(port, arrival.path)
        return loop.time() - start - arrival.seconds if good else None

    return await asyncio.gather(*map(one, wanted))


async def ask(port: int, path: str) -> bool:
    """Whether a page came, whole."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(-1), timeout=60)
        writer.close()
    except (OSError, asyncio.TimeoutError):
        return False
    return answer.split(b"\r\n", 1)[0].endswith(b" 200 OK")


async def asked_alone(port: int, path: str) -> float | None:
    """The seconds that one request takes when there is no other."""
    return (await load(port, [Arrival(0, path)]))[0]


async def warm(port: int, workers: int) -> None:
    """Let each worker see each page."""
    for path in [*PAGES] * 2:
        await load(port, [Arrival(0, path)] * 3 * workers)


# The measuring


class Meter:
    """The CPU seconds that each party has used since it was made."""

    def __init__(self, stand: Stand) -> None:
        self.folders = {
            "asked": stand.asked.folder.work,
            "postgresql": stand.asked.folder.cluster,
        }
        if stand.cron != stand.asked:
            self.folders["backend"] = stand.cron.folder.work
        self.start = self._now()
        self.began = time.monotonic()

    def cores(self) -> dict[str, float]:
        """How many cores each kept busy on average."""
        seconds = self.seconds()
        return {name: (now - self.start[name]) / seconds for name, now in self._now().items()}

    def seconds(self) -> float:
        """Since it was made."""
        return time.monotonic() - self.began

    def _now(self) -> dict[str, float]:
        found = {
            name: sum(map(cpu_seconds, working_in(folder))) for name, folder in self.folders.items()
        }
        found["load"] = time.process_time()
        return {**found, "others": machine_seconds() - sum(found.values())}


def service_seconds(stand: Stand, seed: int) -> float:
    """What a request computes on average, in Odoo and PostgreSQL; waiting does not count."""
    wanted = arrivals(seed, rate=5, seconds=10)
    meter = Meter(stand)
    asyncio.run(load(stand.asked.http_port, wanted))
    cores = meter.cores()
    return (cores["asked"] + cores["postgresql"]) * meter.seconds() / len(wanted)


def cpu_seconds(pid: int) -> float:
    """What a process has computed; nothing where it is gone."""
    try:
        fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine_seconds() -> float:
    """What all cores have computed, or were kept from computing by the machine below."""
    user, nice, system, _idle, _iowait, *interrupts = map(
        int, (PROC / "stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]
    )
    return sum((user, nice, system, *interrupts)) / os.sysconf("SC_CLK_TCK")


def measure(stand: Stand, condition: Condition, wanted: list[Arrival], seconds: float) -> Figures:
    """One condition, once."""
    place_postgres(stand)
    # The action outlasts the last arrival: its seconds begin first, and there are more of them.
    with scheduled(stand.cron, condition.action, seconds + 1):
        meter = Meter(stand)
        answers = asyncio.run(load(stand.asked.http_port, wanted))
        cores = meter.cores()
    good = sorted(answer for answer in answers if answer is not None)
    if not good:
        raise SystemExit("no request was answered")
    p50, p95, p99 = (1000 * percentile(good, share) for share in (50, 95, 99))
    return Figures(p50, p95, p99, len(answers), len(answers) - len(good), cores)


class Patience:
    """Measures again what others disturbed, as long as there is time to spare."""

    def __init__(self, spare_seconds: float) -> None:
        self.spare_seconds = spare_seconds

    def measure(
        self, stand: Stand, condition: Condition, wanted: list[Arrival], seconds: float
    ) -> Figures:
        """The least disturbed of some runs; chosen by what others did, never by a latency."""
        found = [measure(stand, condition, wanted, seconds)]
        while found[-1].cores["others"] > QUIET_CORES and self.spare_seconds > 0:
            say("others disturbed it: again")
            began = time.monotonic()
            found.append(measure(stand, condition, wanted, seconds))
            self.spare_seconds -= time.monotonic() - began
        return min(found, key=lambda one: one.cores["others"])


def neighbour_slowdown(cores: list[int], times: int = 5) -> float:
    """How much slower one core computes while the other does: the machine's part, not Odoo's."""
    work = "import time; t = time.perf_counter(); sum(range(12_000_000)); "
    alone_command = on(cores[0], work + "print(time.perf_counter() - t)")

    def once() -> float:
        return float(subprocess.run(alone_command, capture_output=True, check=True).stdout)

    pairs = []
    for _ in range(times):
        alone = once()
        with subprocess.Popen(on(cores[1], "while True: pass")) as busy:
            pairs.append(once() / alone)
            busy.kill()
    return statistics.median(pairs)


def on(core: int, code: str) -> list[str]:
    """The command that runs Python on one core."""
    return ["taskset", "--cpu-list", str(core), sys.executable, "-c", code]


def run(rounds: int, seconds: float, seed: int) -> Results:
    """All rounds of all conditions."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:  # noqa: PLR2004 - one for each server
        raise SystemExit("this needs two cores")
    load_before = os.getloadavg()[0]
    slowdown = neighbour_slowdown(cores)
    found: dict[Condition, list[Figures]] = {condition: [] for condition in Condition.every()}
    with stands() as servers:
        say("warming up")
        for stand, workers in ((servers["split"], 3), (servers["mixed"], 5)):
            place_postgres(stand)
            asyncio.run(warm(stand.asked.http_port, workers))
        rate = UTILISATION / service_seconds(servers["split"], seed)
        patience = Patience(SPARE_SHARE * rounds * len(found) * seconds)
        for turn in range(rounds):
            wanted = arrivals(seed + turn, rate, seconds)
            for condition, figures in found.items():
                say(f"round {turn + 1} of {rounds}: {condition.name}, {len(wanted)} requests")
                figures.append(
                    patience.measure(servers[condition.stand], condition, wanted, seconds)
                )
        version = servers["mixed"].asked.status().version or "unknown"
    machine = Machine.here(version, slowdown, load_before)
    return Results(machine, seed, rounds, seconds, rate, found)


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and print or write what was found."""
    parser = argparse.ArgumentParser(description="Does a scheduled action slow the users down?")
    parser.add_argument("--quick", action="store_true", help="under 3 minutes, and rougher")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--write-docs", action="store_true", help="write docs/split-measured.md")
    asked = parser.parse_args()
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if asked.quick else (ROUNDS, SECONDS)
    results = run(rounds, seconds, asked.seed)
    print(json.dumps(results.as_json(), indent=2) if asked.json else isolation_page.table(results))
    if asked.write_docs:
        isolation_page.write(results)


if __name__ == "__main__":
    main()
