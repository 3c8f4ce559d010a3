"""Do all processes together ever open more database connections than were counted on?

Every worker is filled to its pool, and then asked for twice as many: the pool must refuse, so that
PostgreSQL never sees more than the budget of all processes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import msgspec

from workeroo.errors import Unavailable
from workeroo.evidence import Evidence, Maybe, Unknown, is_known
from workeroo.facts.servers import servers
from workeroo.model.connections import Demand, available
from workeroo.model.processes import processes
from workeroo.probe.deployments import read_deployment
from workeroo.probe.processes import everything
from workeroo.probe.world import World
from workeroo.progress import Progress
from workeroo.prove.levers import Answer
from workeroo.prove.product import Curve, Hop, Number, Verdict
from workeroo.prove.proof import (
    NEWER_CURE,
    Found,
    Proof,
    Trial,
    broken,
    no_workers,
    ok,
    unseen,
    verdict,
)
from workeroo.prove.stage import Stage
from workeroo.units import format_count

OPTION = "db_maxconn"

OWN = 1
"""Connections that a request holds itself, besides those that the lever takes."""

HOLD_SECONDS = 3.0
QUICK_HOLD_SECONDS = 1.5
"""How long connections are held: several looks at PostgreSQL."""

LOOK_SECONDS = 0.1
"""Between two looks at PostgreSQL; each asks it once, by a connection that is not counted."""

SERVER_ERROR = 500

MOST_CURSORS = 200
"""The lever takes no more."""


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen.

    Attributes:
        demand: the budget, from what the server is held to.
        available: connections that PostgreSQL gives to ordinary users.
        counts: open connections of the server's database user, at each look.
        within: what came of the requests that filled the pools.
        beyond: what came of those that asked for twice as many.
    """

    demand: Demand
    available: Maybe[int]
    counts: list[int]
    within: list[Answer]
    beyond: list[Answer]


def promise(stage: Stage) -> str:
    """The promise with its number."""
    demand = demand_of(stage)
    return (
        f"all processes together never have more than {demand.arithmetic} connections open, also "
        f"with every worker at {OPTION} = {demand.db_maxconn}, and PostgreSQL has them"
    )


def demand_of(stage: Stage) -> Demand:
    """The connections that the server can open, by what it is held to."""
    gevent = stage.promise("db_maxconn_gevent")
    replica = stage.promise("db_replica_host").value
    http = stage.promise("http_enable").value
    return Demand(
        processes=processes(
            stage.promise("workers").number,
            stage.promise("max_cron_threads").number,
            http_enable=http is not False,
        ),
        db_maxconn=stage.promise(OPTION).number,
        db_maxconn_gevent=gevent.number or None,
        pools=2 if replica else 1,
    )


def lacks(stage: Stage) -> str | None:
    """Why it cannot be tried."""
    pool = stage.promise(OPTION).number
    if pool <= OWN:
        return f"{OPTION} is {pool}: a request holds one itself, and nothing is left to fill"
    if 2 * pool > MOST_CURSORS:
        return f"{OPTION} is {pool}, more than half of what the lever takes"
    reason = no_workers(stage)
    if reason is not None:
        return reason
    counted = count_of(stage)
    return counted.reason if isinstance(counted, Unknown) else None


def prove(stage: Stage, trial: Trial, progress: Progress) -> Verdict:
    """Fill the pools, ask for more, and judge."""
    seconds = QUICK_HOLD_SECONDS if trial.quick else HOLD_SECONDS
    pool = stage.promise(OPTION).number
    with progress.step("holding database connections"), looking(stage) as counts:
        within = _hold(stage, pool - OWN, seconds)
        beyond = _hold(stage, 2 * pool, seconds)
    found = judge(
        Filled(
            demand=demand_of(stage),
            available=available(stage.deployment.postgres),
            counts=counts,
            within=within,
            beyond=beyond,
        )
    )
    return verdict(PROOF, stage, found, OPTION, "workers", "max_cron_threads")


def judge(filled: Filled) -> Found:
    """What was seen, held against the promise."""
    most = max(filled.counts, default=0)
    budget = filled.demand.required
    return Found(
        hops=[_fits(filled), _full(filled), _refused(filled), _kept(filled)],
        observed=f"at most {most} connections were open, of a budget of {budget}",
        numbers=[
            Number(name="connections, at most", value=most, unit="connections"),
            Number(name="connections before", value=filled.counts[0], unit="connections"),
            Number(name="budget", value=budget, unit="connections"),
        ]
        if filled.counts
        else [],
        curves=[
            Curve(
                name="connections of the server's database user",
                unit="connections",
                over="looks",
                points=[float(count) for count in filled.counts],
                total=len(filled.counts),
                limit=budget,
            )
        ]
        if filled.counts
        else [],
        evidence=[
            Evidence(
                "measured",
                f"{len(filled.counts)} looks at the connections of the server's database user, "
                "whichever program opened them",
                "pg_stat_activity",
            )
        ],
    )


def _hold(stage: Stage, count: int, seconds: float) -> list[Answer]:
    """Every worker at once holds so many connections besides its own."""
    workers = len(stage.workers)
    with ThreadPoolExecutor(workers) as pool:
        return list(
            pool.map(
                lambda _: stage.levers.pull("cursors", count=count, seconds=seconds),
                range(workers),
            )
        )


def count_of(stage: Stage) -> Maybe[int]:
    """The connections of the server's database user at this moment."""
    world = World()
    pid = stage.master.pid
    server = next((one for one in servers(everything(world)) if one.top.pid == pid), None)
    deployment = read_deployment(world, server, None) if server else None
    if deployment is None:
        raise Unavailable(f"the Odoo server with process {pid} has ended")
    postgres = deployment.postgres
    return postgres.own_connections if is_known(postgres) else postgres


@contextmanager
def looking(stage: Stage) -> Iterator[list[int]]:
    """Counts connections again and again while the block goes on."""
    counts: list[int] = []
    over = threading.Event()

    def look_once() -> None:
        counted = count_of(stage)
        if is_known(counted):
            counts.append(counted)

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            look_once()

    look_once()

    with ThreadPoolExecutor(1) as pool:
        looks = pool.submit(look)
        try:
            yield counts
        finally:
            over.set()
        looks.result()


def _fits(filled: Filled) -> Hop:
    name = "fits"
    budget = filled.demand.required
    if not is_known(filled.available):
        return unseen(name, filled.available.reason)
    text = f"PostgreSQL gives {filled.available} connections to ordinary users, the budget is "
    if budget <= filled.available:
        return ok(name, f"{text}{budget}")
    cure = (
        f"set {OPTION} to {filled.demand.largest_pool(filled.available)} or less, or raise "
        "max_connections: 'workeroo plan'"
    )
    return broken(name, f"{text}{filled.demand.arithmetic}", cure)


def _full(filled: Filled) -> Hop:
    name = "full load"
    wanted = filled.demand.processes.http_workers * filled.demand.db_maxconn
    most = max(filled.counts, default=0)
    failed = [answer for answer in filled.within if not answer.is_ok]
    if failed:
        text = (
            f"{len(failed)} of {format_count(len(filled.within), 'request')} within the pool were "
            f"refused: {failed[0].text}"
        )
        return broken(name, text, NEWER_CURE)
    if most < wanted:
        return unseen(name, f"only {most} were open, where the pools of all workers have {wanted}")
    return ok(name, f"every worker held its {filled.demand.db_maxconn}: {most} were open")


def _refused(filled: Filled) -> Hop:
    name = "refused"
    given = [answer for answer in filled.beyond if answer.is_ok]
    asked = 2 * filled.demand.db_maxconn
    if given:
        text = f"{format_count(len(given), 'worker')} opened {asked} connections"
        return broken(name, text, NEWER_CURE)
    if all(answer.status == SERVER_ERROR for answer in filled.beyond):
        return ok(name, f"a request for {asked} got an error, as its pool is full")
    return unseen(name, f"a request for {asked}: {filled.beyond[0].text}")


def _kept(filled: Filled) -> Hop:
    name = "budget"
    most, budget = max(filled.counts, default=0), filled.demand.required
    if not filled.counts:
        return unseen(name, "PostgreSQL was not asked")
    if most <= budget:
        return ok(name, f"at most {most} were open, of {filled.demand.arithmetic}")
    text = f"{most} were open, and the budget is {filled.demand.arithmetic}"
    return broken(name, text, f"{NEWER_CURE}; or see who else uses its database user")


PROOF = Proof(
    name="connections",
    title="All processes together keep to the budget of database connections.",
    text=(
        "Has every worker hold as many connections as its pool has, then asks for twice as many, "
        "and looks at PostgreSQL all the while. The count must stay within the budget of all "
        "processes, and PostgreSQL must have that many."
    ),
    promise=promise,
    lacks=lacks,
    prove=prove,
    order=40,
)
