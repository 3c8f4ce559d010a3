"""Do the planned processes fit in PostgreSQL, and which `db_maxconn` makes them fit?"""

from __future__ import annotations

from workeroo.catalog.options import OPTIONS
from workeroo.evidence import Evidence, Maybe, Rank, Unknown, is_known
from workeroo.facts.postgres import Postgres
from workeroo.model.connections import SMALLEST_POOL, Budget, Demand, available
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


def budget(together: list[Settled]) -> Budget:
    """The connections of all servers on one PostgreSQL."""
    return Budget(demands=[planned_demand(settled) for settled in together])


def fit_pools(together: list[Settled]) -> list[Settled]:
    """The same settings with a `db_maxconn` that fits all servers on one PostgreSQL.

    Unchanged where all fits, or who knows. A pool that is small enough already stays.
    """
    demands, given = budget(together), _available(together)
    if not is_known(given) or demands.required <= given:
        return together
    value = max(demands.fitting_pool(given), SMALLEST_POOL)
    reason = _reason(together, value, given)
    evidence = [*_evidence(together), _pools()]
    return [_with_pool(settled, value, reason, evidence) for settled in together]


def check_connections(together: list[Settled]) -> ConnectionCheck:
    """Every process x its pool against what PostgreSQL gives."""
    demands, given = budget(together), _available(together)
    known = given if is_known(given) else None
    loading = [_loading(demand) for demand in demands.demands]
    return ConnectionCheck(
        masters=sum(demand.masters for demand in demands.demands),
        required=demands.required,
        usual=demands.usual_high,
        available=known,
        fits=None if known is None else demands.required <= known,
        largest_db_maxconn=None if known is None else demands.largest_pool(known),
        arithmetic=demands.arithmetic,
        evidence=ranked([*_evidence(together), _pools(), *loading]),
    )


def _with_pool(settled: Settled, value: int, reason: str, evidence: list[Evidence]) -> Settled:
    """The settings with a smaller pool; the same where the pool is as small already."""
    own = planned_demand(settled).db_maxconn
    if value >= own:
        return settled
    why = f"{value}, not {own}: {reason}"
    return settled.with_decision(settled.situation.decide("db_maxconn", value, why, evidence))


def _reason(together: list[Settled], value: int, given: int) -> str:
    """Why the pool must be smaller, and whether all fits then."""
    demands = budget(together)
    smaller = Budget(
        demands=[
            planned_demand(settled, min(demand.db_maxconn, value))
            for settled, demand in zip(together, demands.demands, strict=True)
        ]
    )
    outcome = f"{smaller.arithmetic} fits"
    if smaller.required > given:
        outcome = (
            f"below {SMALLEST_POOL} a request can run dry, and even {smaller.arithmetic} does not"
            " fit"
        )
    return (
        f"{demands.arithmetic} connections are more than the {given} that PostgreSQL gives;"
        f" {outcome}"
    )


def _available(together: list[Settled]) -> Maybe[int]:
    """What PostgreSQL gives; the least that any of its servers tells."""
    told = [
        available(settled.situation.deployment.postgres)
        for settled in together
        if settled.situation.deployment
    ]
    known = [count for count in told if is_known(count)]
    if known:
        return min(known)
    return told[0] if told else Unknown("no server was looked at")


def _evidence(together: list[Settled]) -> list[Evidence]:
    """Where the pools' sizes and PostgreSQL's figures come from."""
    return [item for settled in together for item in _evidence_of(settled)]


def _evidence_of(settled: Settled) -> list[Evidence]:
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
