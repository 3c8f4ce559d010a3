"""Do the planned processes fit in PostgreSQL, and which `db_maxconn` makes them fit?"""

from __future__ import annotations

from workeroo.catalog.options import OPTIONS
from workeroo.evidence import Evidence, Maybe, Rank, Unknown, is_known
from workeroo.facts.postgres import Postgres
from workeroo.model.connections import SMALLEST_POOL, Demand, available
from workeroo.model.processes import Processes, processes
from workeroo.plan.product import ConnectionCheck
from workeroo.plan.rule import Settled, ranked

POOLS_WITH_REPLICA = 2  # one to read and write, one to read only (odoo/sql_db.py)


def planned_processes(settled: Settled) -> Processes:
    """The processes that these settings make."""
    return processes(
        settled.number("workers"),
        settled.number("max_cron_threads"),
        http_enable=settled.value("http_enable") is not False,
    )


def planned_demand(settled: Settled, db_maxconn: int | None = None) -> Demand:
    """The connections that these settings can open, or would with another `db_maxconn`.

    Odoo makes no pool smaller than 1, whatever the option says.
    """
    evented = settled.number("db_maxconn_gevent")
    return Demand(
        processes=planned_processes(settled),
        db_maxconn=max(settled.number("db_maxconn"), 1) if db_maxconn is None else db_maxconn,
        db_maxconn_gevent=evented or None,
        masters=settled.situation.masters,
        pools=POOLS_WITH_REPLICA if settled.value("db_replica_host") else 1,
    )


def fit_pools(settled: Settled) -> Settled:
    """The same settings with a `db_maxconn` that fits; unchanged where all fits, or who knows."""
    demand, given = planned_demand(settled), _available(settled)
    if not is_known(given) or demand.required <= given:
        return settled
    value = max(demand.largest_pool(given), SMALLEST_POOL)
    if value >= demand.db_maxconn:
        return settled
    smaller = planned_demand(settled, value)
    outcome = f"{smaller.arithmetic} fits"
    if smaller.required > given:
        outcome = (
            f"below {SMALLEST_POOL} a request can run dry, and even {smaller.arithmetic} does not"
            " fit"
        )
    why = (
        f"{value}, not {demand.db_maxconn}: {demand.arithmetic} connections are more than the"
        f" {given} that PostgreSQL gives; {outcome}"
    )
    evidence = [*_evidence(settled), _pools()]
    return settled.with_decision(settled.situation.decide("db_maxconn", value, why, evidence))


def check_connections(settled: Settled) -> ConnectionCheck:
    """Every process x its pool against what PostgreSQL gives."""
    demand, given = planned_demand(settled), _available(settled)
    known = given if is_known(given) else None
    return ConnectionCheck(
        required=demand.required,
        usual=demand.usual_high,
        available=known,
        fits=None if known is None else demand.required <= known,
        largest_db_maxconn=None if known is None else demand.largest_pool(known),
        arithmetic=demand.arithmetic,
        evidence=ranked([*_evidence(settled), _pools(), _loading(demand)]),
    )


def _available(settled: Settled) -> Maybe[int]:
    deployment = settled.situation.deployment
    return available(deployment.postgres) if deployment else Unknown("no server was looked at")


def _evidence(settled: Settled) -> list[Evidence]:
    """Where the pool's size and PostgreSQL's figures come from."""
    deployment = settled.situation.deployment
    setting = deployment.setting("db_maxconn") if deployment else None
    if settled.decision("db_maxconn") or setting is None:
        series = settled.situation.series
        default = OPTIONS["db_maxconn"].default(series)
        found = [Evidence("default", f"db_maxconn = {default} in Odoo {series}")]
    else:
        rank: Rank = "default" if setting.source == "default" else "read"
        found = [Evidence(rank, f"db_maxconn = {setting.value}", setting.where)]
    postgres = deployment.postgres if deployment else Unknown("no server was looked at")
    return [*found, *_postgres_evidence(postgres)]


def _postgres_evidence(postgres: Postgres | Unknown) -> list[Evidence]:
    if not is_known(postgres) or not is_known(postgres.max_connections):
        return []
    reserved = postgres.reserved_connections
    kept = f", {reserved} of them reserved" if is_known(reserved) else ""
    text = f"max_connections = {postgres.max_connections}{kept}"
    return [Evidence("read", text, "PostgreSQL")]


def _loading(demand: Demand) -> Evidence:
    text = f"a master opens up to {demand.while_loading} of its own before it has workers"
    return Evidence("default", text, "odoo/service/server.py")


def _pools() -> Evidence:
    return Evidence("default", "each process has a pool of db_maxconn", "odoo/sql_db.py")
